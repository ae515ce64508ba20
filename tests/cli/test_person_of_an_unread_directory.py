"""`directory person` while the settings name a directory that nobody has read yet: what the one before showed is told
as that, and nobody is denied."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal
from tests.cli.test_switching_of_several import Shared
from tests.sync.centre import Centre


@pytest.fixture
def shared(full: Centre, kypek: Terminal) -> Shared:
    both = Shared(full, kypek)
    both.reads("directory", "directory")
    kypek("sync")
    return both


NOT_YET = "Ο κατάλογος other δεν έχει διαβαστεί ακόμη."
KNOWN = "Ώσπου να διαβαστεί, 10 πρόσωπα είναι γνωστά από τον κατάλογο directory"


@pytest.mark.parametrize("second", ["other", "directory"], ids=["both switch", "one switches"])
def test_a_person_is_shown_as_the_former_directory_showed_them(shared: Shared, second: str) -> None:
    """It said that nobody is called so in the directory."""
    shared.reads("other", second)
    said = shared.kypek("directory", "person", "teacher1", language="el")
    assert said.code == 0
    told = " ".join(said.out.split())
    assert f"{NOT_YET} {KNOWN}" in told
    assert told.count("Όνομα Teacher1 (teacher1)") == 1
    assert "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in told
    (plain,) = shared.kypek("directory", "person", "teacher1", "--json").json
    of_former = None if second == "directory" else ("other", ["directory"])  # else the other KYPEK reads it still
    assert (plain["unread"] and (plain["unread"]["directory"], plain["unread"]["before"])) == of_former
    shared.drawn()
    shared.kypek("directory", "refresh")
    assert "δεν έχει διαβαστεί" not in shared.kypek("directory", "person", "teacher1", language="el").out


def test_nobody_is_denied_and_nothing_is_decided_before_it_is_read(shared: Shared) -> None:
    shared.reads("other", "other")
    for words in (("person", "nobody9"), ("confirm", "teacher1", "--same", "--why", "…", "--yes")):
        said = shared.kypek("directory", *words, language="el")
        assert said.code == 1
        assert NOT_YET in " ".join(said.err.split())
        assert "Κανείς" not in said.err
        assert "δεν υπάρχει αμφιβολία" not in said.err
