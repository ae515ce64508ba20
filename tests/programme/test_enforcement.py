"""«Όσοι απορρίπτονται»: what becomes of them, and where that can be asked for at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.eclass import SPEC as ECLASS
from connectors.moodle import SPEC as MOODLE
from kypek_sync.contract import Capability
from kypek_sync.model import Enforcement
from kypek_sync.programme import Reading, read
from tests.programme.files import ground

PROGRAMME = """\
σεμινάρια:
  - κωδικός: EKFE-26-01
    τίτλος: Ρομποτική
    μορφή: δια ζώσης
    θέσεις: 20
    πλατφόρμα: {platform}
    έναρξη εγγραφών: {opens}
    όσοι απορρίπτονται: {word}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: 3/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}}
"""
GROUND = ground(platforms=("eclass", "moodle"), restricting=frozenset({"eclass"}))


def reading(folder: Path, word: str, platform: str = "eclass", opens: str = "1/2/2027") -> Reading:
    file = folder / "ekfe.yaml"
    file.write_text(PROGRAMME.format(word=word, platform=platform, opens=opens), encoding="utf-8")
    return read(file, GROUND)


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("Βγαίνουν από το μάθημα", Enforcement.RESTRICT),
        ("restrict", Enforcement.RESTRICT),
        ("Μένουν στο μάθημα", Enforcement.MARK),
        ('""', Enforcement.MARK),
    ],
)
def test_it_is_read_in_greek_and_as_the_word_of_the_design(tmp_path: Path, word: str, means: Enforcement) -> None:
    found = reading(tmp_path, word)
    assert (found.seminars[0].enforcement, found.errors) == (means, ())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"word": "ίσως"}, "enforcement-unknown"),
        ({"word": "restrict", "platform": "moodle"}, "enforcement-unable"),
        ({"word": "restrict", "opens": '""'}, "enforcement-without-opening"),
    ],
)
def test_what_cannot_be_keeps_the_seminar_back(tmp_path: Path, values: dict[str, str], code: str) -> None:
    found = reading(tmp_path, **values)
    assert [one.code for one in found.errors] == [code]
    assert found.held == {"EKFE-26-01"}


def test_of_our_connectors_eclass_says_that_it_can_and_moodle_does_not() -> None:
    assert [Capability.END_MEMBERSHIP in spec.able for spec in (ECLASS, MOODLE)] == [True, False]
