"""The wire: nothing is lost in silence, whatever the server's limit of variables (M-12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors.moodle.client as client
import connectors.moodle.mapping as mapping
from connectors.moodle import MoodleSettings
from connectors.moodle.client import MOST_VARIABLES, MoodleClient, in_batches
from connectors.moodle.refusals import Faulted, Refused
from kypek_sync.contract import Ambiguous, Enrolment, Outcome, StopConnector, TryLater
from kypek_sync.model import CourseRole
from tests.connectors.moodle.simulated import TOKEN, Moodle, moodle
from tests.contracts.courses_platform import SPRING


@pytest.fixture
def wire(server: Moodle) -> Iterator[MoodleClient]:
    made = MoodleClient("moodle", MoodleSettings(address=server.running.address, token=TOKEN))
    yield made
    made.close()


def enrolments(server: Moodle, number: int, course: str) -> list[dict[str, object]]:
    ids = [server.world.add_user(f"t{n}", "Ελένη", "Ιωάννου", f"t{n}@sch.example") for n in range(number)]
    return [{"roleid": 5, "userid": one, "courseid": course, "timestart": 0, "timeend": 0, "suspend": 0} for one in ids]


def test_more_variables_than_a_server_may_take_are_never_sent(server: Moodle, wire: MoodleClient) -> None:
    course = server.platform.add_course("Ρομποτική")
    many = {"enrolments": enrolments(server, 150, course)}
    with pytest.raises(ValueError, match="variables"):
        wire.write("enrol_manual_enrol_users", mapping.nothing, many)
    assert server.world.members(int(course)) == []


def test_a_cut_request_is_refused_and_nothing_is_done(
    server: Moodle, wire: MoodleClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-12: were our own cap not there, the lost `wsfunction` would still keep the server from doing a part of it."""
    monkeypatch.setattr(client, "MOST_VARIABLES", 10_000)
    course = server.platform.add_course("Ρομποτική")
    with pytest.raises(Refused) as caught:
        wire.write("enrol_manual_enrol_users", mapping.nothing, {"enrolments": enrolments(server, 300, course)})
    assert caught.value.code == "invalidparameter"
    assert server.world.members(int(course)) == []


@pytest.mark.parametrize("number", [149, 150, 451])
def test_everybody_is_enrolled_at_the_default_limit_of_php(server: Moodle, number: int) -> None:
    course = server.platform.add_course("Ρομποτική")
    enrolments(server, number, course)
    connector = server.connector()
    receipts = connector.enrol(course, [Enrolment(f"t{n}", CourseRole.STUDENT) for n in range(number)])
    assert {receipt.outcome for receipt in receipts} == {Outcome.DONE}
    assert len(server.world.members(int(course))) == number
    assert server.calls("enrol_manual_enrol_users") == -(-number // 149)
    assert server.calls("core_user_get_users_by_field") == 2  # the canary of the empty list, and everybody at once
    connector.close()


def test_a_server_that_takes_five_variables_does_nothing_by_halves(tmp_path: Path) -> None:
    with moodle(tmp_path, max_input_vars=5) as server:
        connector = server.connector()
        course = server.platform.add_course("Ρομποτική")
        server.people("elioannou")
        server.platform.self_enrol("elioannou", course, SPRING)
        assert connector.capabilities()
        for call in (
            lambda: connector.members(course, {}),
            lambda: connector.membership(course, "elioannou"),
            lambda: connector.enrol(course, [Enrolment("elioannou", CourseRole.TRAINER)]),
            lambda: connector.unenrol(course, ["elioannou"]),
        ):
            with pytest.raises(TryLater):
                call()
        assert connector.create_group(course, "Συμμετέχοντες").outcome is Outcome.REFUSED
        assert server.platform.members(course) == {"elioannou": CourseRole.STUDENT}
        assert server.world.groups() == []
        connector.close()


def test_batches_leave_room_for_our_own_variables() -> None:
    sizes = [len(batch) for batch in in_batches(range(1000), 6)]
    assert sum(sizes) == 1000
    assert max(sizes) * 6 + 6 <= MOST_VARIABLES
    assert list(in_batches([], 6)) == []


def test_an_empty_list_is_never_sent(wire: MoodleClient) -> None:
    """M-9"""
    with pytest.raises(ValueError, match="an empty list"):
        wire.read("core_user_get_users_by_field", mapping.accounts, {"field": "id", "values": []})


def test_a_dropped_connection_costs_a_read_nothing_and_a_write_is_never_repeated(
    server: Moodle, wire: MoodleClient
) -> None:
    server.faults.set("moodle:refuse@1")
    assert wire.read("core_webservice_get_site_info", mapping.site_info).username == "syncd"
    course = server.platform.add_course("Ρομποτική")
    (one,) = enrolments(server, 1, course)
    server.faults.set("moodle:reset-after-write@1")
    with pytest.raises(Ambiguous) as caught:
        wire.write("enrol_manual_enrol_users", mapping.nothing, {"enrolments": [one]})
    assert not isinstance(caught.value, Faulted)
    assert server.calls("enrol_manual_enrol_users") == 1


def test_maintenance_in_both_ways_is_later(server: Moodle) -> None:
    """M-7"""
    connector = server.connector()
    course = server.platform.add_course("Ρομποτική")
    for mode in ("web", "cli"):
        server.world.set_maintenance(mode)
        with pytest.raises(TryLater) as caught:
            connector.course(course)
        assert (caught.value.after is not None) == (mode == "cli")
    connector.close()


def test_web_services_switched_off_need_a_person(server: Moodle) -> None:
    """M-7"""
    server.world.set_rest(False)
    connector = server.connector()
    with pytest.raises(StopConnector, match="switched off"):
        connector.capabilities()
    connector.close()


def test_a_redirect_is_never_followed(server: Moodle) -> None:
    """M-3: a followed redirect would become an empty GET and look like a bad token."""
    server.world.set_wwwroot("https://moodle.example")
    connector = server.connector()
    with pytest.raises(TryLater, match="redirect"):
        connector.capabilities()
    connector.close()
