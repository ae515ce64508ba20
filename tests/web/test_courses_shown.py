"""Which of a seminar's courses its page calls the place to apply, the place to leave, and the place to be taught."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.parted import AFTERNOON, CODE, MORNING, Parted
from tests.sync.shared import ONE, Shared
from tests.sync.two_platforms import TwoPlatforms, two_platforms
from tests.web.pages import Browser, words

pytestmark = pytest.mark.slow

APPLY, LEAVE, TAUGHT = "Πώς κάνετε αίτηση", "απεγγραφείτε από το μάθημα", "Πού γίνεται το μάθημα"
UNNAMED = "δεν αναφέρεται πια στο πρόγραμμα"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        yield it


def with_sign_in(both: TwoPlatforms) -> None:
    """People sign in by typing a login."""
    settings = both.folder / "kypek.yaml"
    text = settings.read_text(encoding="utf-8").replace("language: en", "language: el")
    settings.write_text("web: {development_sign_in: true}\n" + text, encoding="utf-8")


def sections(both: TwoPlatforms, code: str, login: str = "") -> dict[str, str]:
    """The page's sections on courses, by their id, as they are written."""
    with both.installation() as inst:
        visitor = Browser(inst)
        if login:
            visitor.sign_in(login)
        page = visitor.get(f"/s/{code}").text
    found = {}
    for name in ("apply", "taught"):
        _, mark, rest = page.partition(f'<section aria-labelledby="{name}">')
        found[name] = rest.partition("</section>")[0] if mark else ""
    return found


def test_a_shared_teaching_course_is_no_place_to_apply_nor_to_leave(both: TwoPlatforms) -> None:
    it = Shared.of(both, "eclass")
    with_sign_in(both)
    it.apply(ONE, "t01")
    it.settle()
    door, taught = both.eclass_address(str(it.doors[ONE])), it.address()
    stranger, seated = sections(both, ONE), sections(both, ONE, "t01")
    assert (APPLY in stranger["apply"], LEAVE in seated["apply"]) == (True, True)
    for shown in (stranger, seated):
        assert (door in shown["apply"], taught in shown["apply"]) == (True, False)
        assert (door in shown["taught"], taught in shown["taught"]) == (False, True)
        assert TAUGHT in shown["taught"]


def test_who_applied_before_registration_moved_leaves_where_they_applied(both: TwoPlatforms) -> None:
    """The seat is given back there (`sync/seats/former.py`); others apply on the new platform."""
    it = Shared.of(both, "eclass")
    with_sign_in(both)
    it.apply(ONE, "t01")
    it.settle()
    before = both.eclass_address(str(it.doors[ONE]))
    both.seminar(ONE, platform="moodle", course='""', mirrors='""')
    it.sync()
    stranger, seated = sections(both, ONE), sections(both, ONE, "t01")
    new = f"{both.servers['moodle'].address}/course/view.php?id="
    assert (before in stranger["apply"], new in stranger["apply"]) == (False, True)
    assert (before in seated["apply"], new in seated["apply"]) == (True, False)


def test_a_part_that_the_programme_does_not_name_any_more_takes_no_applications(both: TwoPlatforms) -> None:
    it = Parted.of(both, "eclass")
    with_sign_in(both)
    it.apply(MORNING, "t01")
    it.settle()
    assert UNNAMED not in sections(both, CODE)["apply"]
    it.seminar(parts='"απογευματινό (2)"', first='""', course='""')
    it.sync()
    stranger, seated = sections(both, CODE)["apply"], sections(both, CODE, "t01")["apply"]
    assert (it.address(MORNING) in stranger, it.address(AFTERNOON) in stranger) == (False, True)
    assert f"πρωινό: {UNNAMED}" in words(stranger)
    assert (it.address(MORNING) in seated, UNNAMED in seated) == (True, True)
