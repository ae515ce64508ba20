"""A sandbox plays only the faults that its simulators know; a slip of the pen is refused, never taken in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kypek_sync.sandbox
from kypek_sync.sandbox.faults import WIRE_FAULTS, FaultBook, UnknownFault
from kypek_sync.sandbox.simulators import FAULTS, SYSTEMS
from kypek_sync.sandbox.start import Sandbox
from tests.sandbox.start.conftest import Starter
from tests.sandbox.start.test_control import door, moodle_status

pytestmark = pytest.mark.slow

ROOMS = {
    "eclass": "eclass",
    "eclass-older": "eclass",
    "moodle": "moodle",
    "bbb": "bigbluebutton",
    "rt": "request_tracker",
    "soap": "soap_helpdesk",
    "register": "units_register",
    "smtp": "mail",
}
TAKEN = re.compile(r'take[nd]?\((?:self\._?faults, |faults, )?"([a-z0-9-]+)"')


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_fault_that_a_simulator_plays_is_known_and_no_other(system: str) -> None:
    folder = Path(kypek_sync.sandbox.__file__).parent / ROOMS[system]
    played = {name for file in folder.glob("*.py") for name in TAKEN.findall(file.read_text("utf-8"))}
    newer_only = {"members-empty", "unenrol-fails"} if system == "eclass-older" else set()
    assert FAULTS[system] - WIRE_FAULTS == played - newer_only


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("eclas:html-200", "there is no system 'eclas'; did you mean 'eclass'? There are: *, bbb, eclass, "),
        ("bbb:html200", "bbb knows no fault 'html200'; did you mean 'html-200'? It knows: "),
        ("eclass-older:unenrol-fails", "eclass-older knows no fault 'unenrol-fails'; It knows: api-off, "),
        ("smtp:html-200", "smtp knows no fault 'html-200'; It knows: drop-after-data, greylist, "),
        ("*:nonsense", "* knows no fault 'nonsense'; "),
        ("eclass:slow=soon", "'soon' is no number"),
    ],
)
def test_what_nobody_can_play_is_refused_with_what_is_known(starting: Starter, text: str, sentence: str) -> None:
    with pytest.raises(UnknownFault) as refused:
        starting(faults=[text])
    assert str(refused.value).startswith(sentence)


def test_what_one_of_them_can_play_may_be_asked_of_all() -> None:
    book = FaultBook(known=FAULTS)
    book.set("*:no-meetings")
    assert book.of("bbb").take("no-meetings")


def test_the_door_refuses_it_too_and_nothing_is_in_force(sandbox: Sandbox) -> None:
    for body in ({"set": "moodel:server-error"}, {"set": "moodle:server-eror"}, {"lift": "moodel"}):
        answer = door(sandbox, "POST", "/faults", body)
        assert answer.status_code == 400
        assert answer.json()["fault"]["word"] in ("moodel", "server-eror")
        assert "did you mean" in answer.json()["error"]
    assert moodle_status(sandbox) == 200
