"""Where a seminar meets in parts, people read of which part something is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.cli.conftest import Terminal
from tests.sync.parted import AFTERNOON, CODE, MORNING, NAMES, Parted
from tests.sync.two_platforms import two_platforms
from tests.web.pages import Browser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def parted() -> Iterator[Parted]:
    """t01 has the seat of the morning, t02 waits for it, t03 has one in the afternoon."""
    with TemporaryDirectory() as folder, two_platforms(Path(folder)) as both:
        it = Parted.of(both, "eclass")
        settings = both.folder / "kypek.yaml"
        settings.write_text(
            "web: {development_sign_in: true}\n" + settings.read_text(encoding="utf-8"), encoding="utf-8"
        )
        it.apply(MORNING, "t01", "t02")
        it.apply(AFTERNOON, "t03")
        it.settle()
        yield it


@pytest.fixture
def kypek(parted: Parted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "400")
    return Terminal(capsys, parted.both.clock, parted.both.folder / "kypek.yaml", language="el")


def test_the_list_of_seats_has_a_column(kypek: Terminal) -> None:
    out = kypek("seats", "list", CODE).out
    assert "Τμήμα" in out
    rows = {login: line for line in out.splitlines() for login in ("t01", "t02", "t03") if login in line}
    assert rows["t01"].rstrip().endswith(" πρωινό")
    assert rows["t03"].rstrip().endswith(" απογευματινό")
    assert [one["part_name"] for one in kypek("seats", "list", CODE, "--json").json] == [
        *("πρωινό", "απογευματινό", "πρωινό")
    ]


def test_explain_says_where_somebody_applied_and_has_a_seat(kypek: Terminal) -> None:
    out = kypek("explain", "t02").out
    assert "(τμήμα «πρωινό»)" in out
    assert "Και οι 1 θέσεις του τμήματος «πρωινό» έχουν καταληφθεί" in out
    assert "τμήμα «πρωινό»: θέσεις που δόθηκαν: 1 από 1, σε αναμονή: 1" in out
    assert "τμήμα «απογευματινό»: θέσεις που δόθηκαν: 1 από 2, σε αναμονή: 0" in out


def test_the_seminar_shows_its_parts_their_sessions_and_their_courses(kypek: Terminal, parted: Parted) -> None:
    out = kypek("seminar", CODE).out
    assert "Τμήμα «πρωινό» [proino]: θέσεις: 1" in out
    assert "ΕΚΦΕ, πρωινό" in out
    for part in (MORNING, AFTERNOON):
        assert f"eclass ({part})" in out
        assert parted.address(part) in out


def test_the_page_of_the_seminar_leads_each_to_their_course(parted: Parted) -> None:
    with parted.both.installation() as inst:
        stranger, visitor = Browser(inst), Browser(inst)
        page = stranger.get(f"/s/{CODE}").text
        assert all(parted.address(part) in page for part in (MORNING, AFTERNOON))
        text = stranger.text(f"/s/{CODE}")
        assert "πρωινό 1, απογευματινό 2" in text
        assert "Ρομποτική – πρωινό" in text
        visitor.sign_in("t01")
        assert "You have a seat – πρωινό" in visitor.text(f"/s/{CODE}")
        officer = Browser(inst)
        officer.sign_in("officer1")
        work = officer.text(f"/s/{CODE}")
        assert all(f"Open eClass – {name}" in work for name in NAMES.values())
        own = visitor.get(f"/s/{CODE}").text
        assert (parted.address(MORNING) in own, parted.address(AFTERNOON) in own) == (True, False)
