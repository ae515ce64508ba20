"""Other processes steer a running sandbox through its door: faults, counts, life going on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from kypek_sync.sandbox.start import Sandbox
from tests.sandbox.start.conftest import NOW, Starter

pytestmark = pytest.mark.slow


def door(sandbox: Sandbox, method: str, path: str, body: Any = None, token: str | None = None) -> requests.Response:
    key = sandbox.memory.token if token is None else token
    return requests.request(
        method,
        sandbox.addresses["control"] + path,
        json=body,
        headers={"Authorization": f"Bearer {key}"},
        timeout=10,
    )


def moodle_status(sandbox: Sandbox) -> int:
    return requests.post(f"{sandbox.addresses['moodle']}/webservice/rest/server.php", data={}, timeout=10).status_code


def test_a_fault_is_set_and_lifted_while_everything_runs(sandbox: Sandbox) -> None:
    assert door(sandbox, "POST", "/faults", {"set": "moodle:server-error"}).json() == {"done": True}
    assert moodle_status(sandbox) == 500
    assert door(sandbox, "POST", "/faults", {"lift": "*"}).json() == {"done": True}
    assert moodle_status(sandbox) == 200


def test_faults_never_strike_the_door_itself(sandbox: Sandbox) -> None:
    door(sandbox, "POST", "/faults", {"set": "*:server-error"})
    assert door(sandbox, "POST", "/faults", {"lift": "*"}).status_code == 200


def test_the_door_tells_the_calls(sandbox: Sandbox) -> None:
    assert door(sandbox, "GET", "/calls").json() == sandbox.calls()


def test_without_the_token_nothing_happens(sandbox: Sandbox) -> None:
    for token in ("", "wrong", "λάθος".encode().decode("latin-1")):
        assert door(sandbox, "POST", "/faults", {"set": "moodle:server-error"}, token=token).status_code == 401
    assert moodle_status(sandbox) == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {"set": "moodle"}),
        ("/faults", {}),
        ("/faults", {"set": "moodle:slow", "lift": "*"}),
        ("/faults", []),
        ("/life", {"apply": -1}),
        ("/life", {"apply": "3"}),
        ("/life", {"apply": True}),
        ("/life", {"die": 1}),
        ("/life", {"apply": 10**9}),
    ],
)
def test_a_body_that_makes_no_sense_is_400_with_a_reason(sandbox: Sandbox, path: str, body: Any) -> None:
    answer = door(sandbox, "POST", path, body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_body_that_is_no_json_is_400(sandbox: Sandbox) -> None:
    answer = requests.post(
        sandbox.addresses["control"] + "/life",
        data="apply 5",
        headers={"Authorization": f"Bearer {sandbox.memory.token}"},
        timeout=10,
    )
    assert answer.status_code == 400


def test_an_unknown_path_or_method_is_404(sandbox: Sandbox) -> None:
    assert door(sandbox, "GET", "/secrets").status_code == 404
    assert door(sandbox, "DELETE", "/calls").status_code == 404


def test_more_people_apply_and_some_leave(starting: Starter) -> None:
    sandbox = starting()
    moves = door(sandbox, "POST", "/life", {"apply": 8, "leave": 2}).json()
    assert [move["what"] for move in moves] == ["apply"] * 8 + ["leave"] * 2
    gone = {(move["course"], move["login"]) for move in moves[8:]}
    for move in moves[:8]:
        if move["platform"] == "eclass":
            members = {member.username: member for member in sandbox.worlds.eclass.members(move["course"])}
            assert (move["login"] in members) is ((move["course"], move["login"]) not in gone)
            if move["login"] in members:
                assert members[move["login"]].reg_date == NOW.replace(microsecond=0)


def test_trainers_never_leave_and_archives_are_left_in_peace(starting: Starter) -> None:
    sandbox = starting()
    code = sandbox.memory.registration["eclass"][0]
    archive = next(course.code for course in sandbox.worlds.eclass.courses() if course.title.startswith("Αρχείο"))
    before = sandbox.worlds.eclass.members(archive)
    everybody_left = sandbox.life(leave=200)
    assert 50 < len(everybody_left) < 200
    assert [member.role for member in sandbox.worlds.eclass.members(code)] == ["teacher"]
    assert sandbox.worlds.eclass.members(archive) == before
    assert sandbox.life(leave=1) == ()


def test_life_goes_on_where_it_stopped_and_is_the_same_for_the_same_seed(starting: Starter, tmp_path: Path) -> None:
    one = starting(tmp_path / "one")
    first = one.life(apply=3)
    one.stop()
    again = starting(tmp_path / "one")
    rest = again.life(apply=3)
    other = starting(tmp_path / "two")
    assert other.life(apply=6) == first + rest


def test_a_negative_number_of_people_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        sandbox.life(apply=-1)
