"""The tickets lane on a real wire: one cause, one ticket, told once, closed when it is cured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kypek_sync.ledger import cases
from kypek_sync.ledger.cases import Filed
from kypek_sync.model import TicketState
from kypek_sync.sandbox.request_tracker import World
from kypek_sync.sandbox.request_tracker.world import SeenTicket
from kypek_sync.sandbox.serving import Running
from kypek_sync.sync.report import LaneReport, exit_code
from tests.sync.centre import TEACHERS, Centre, Teacher, done, sync_once
from tests.sync.services import with_helpdesk

REF = "kypek:case:att-a:unknown-people"


@pytest.fixture
def desk(centre: Centre) -> Iterator[tuple[World, Running]]:
    """A helpdesk for the centre."""
    with with_helpdesk(centre) as it:
        yield it


@pytest.fixture
def world(desk: tuple[World, Running]) -> World:
    """What the helpdesk really holds."""
    return desk[0]


@pytest.fixture
def course(centre: Centre, desk: tuple[World, Running]) -> str:
    """The course of a seminar that somebody joined whom the directory does not know."""
    made = centre.course()
    centre.seminar(course=centre.address(made), capacity=10)
    stranger(centre, made, "substitute1")
    return made


def stranger(centre: Centre, course: str, login: str) -> None:
    """Somebody new joins a course."""
    centre.world.add_user(login, "Νέος", login.capitalize(), f"{login}@sch.example")
    centre.apply(login, course, minutes_ago=30)


def known_now(centre: Centre, *logins: str) -> None:
    """The directory has caught up with these."""
    centre.clock.turn(minutes=15)
    centre.people(*TEACHERS, *(Teacher(login) for login in logins))


def pass_(centre: Centre) -> LaneReport:
    """A whole sync, a little later; what its tickets lane did."""
    centre.clock.turn(minutes=15)
    return sync_once(centre)["tickets"]


def tickets(centre: Centre) -> LaneReport:
    """One pass of the tickets lane."""
    return sync_once(centre, "tickets")["tickets"]


def the_ticket(world: World) -> SeenTicket:
    """The only one there is."""
    (ticket,) = world.tickets()
    return ticket


def notes(world: World) -> list[str]:
    """What was noted on it, oldest first."""
    return [t.text for t in world.transactions(the_ticket(world).id) if t.type == "Comment"]


def filed(centre: Centre) -> Filed:
    """The case as we keep it."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return next(one for one in cases.listed(connection, "att-a") if one.case.ref == REF)


def test_a_case_is_one_ticket_in_greek_that_can_be_found(centre: Centre, world: World, course: str) -> None:
    report = pass_(centre)
    assert done(report) == [("ticket.open", "", REF, "done")]
    ticket = the_ticket(world)
    assert ticket.queue == "KYPEK-ATT"
    assert ticket.fields["KypekRef"] == REF
    assert ticket.subject == "Άτομα σε μαθήματα που δεν υπάρχουν στον κατάλογο"
    (created,) = [t for t in world.transactions(ticket.id) if t.type == "Create"]
    assert "substitute1" in created.text
    assert pass_(centre).done == []
    assert len(world.tickets()) == 1


def test_when_the_list_grows_the_ticket_gets_a_note(centre: Centre, world: World, course: str) -> None:
    pass_(centre)
    stranger(centre, course, "substitute2")
    report = pass_(centre)
    assert done(report) == [("ticket.note", "", REF, "done")]
    (note,) = notes(world)
    assert "substitute1" in note
    assert "substitute2" in note
    assert pass_(centre).done == []


def test_a_list_that_changes_back_and_forth_is_told_each_time(centre: Centre, world: World, course: str) -> None:
    pass_(centre)
    stranger(centre, course, "substitute2")
    pass_(centre)
    for _ in range(2):
        centre.world.unenrol("substitute2", course)
        pass_(centre)
        centre.apply("substitute2", course, minutes_ago=20)
        pass_(centre)
    assert ["substitute2" in note for note in notes(world)] == [True, False, True, False, True]


def test_a_cured_case_is_resolved_with_a_note(centre: Centre, world: World, course: str) -> None:
    pass_(centre)
    known_now(centre, "substitute1")
    report = pass_(centre)
    assert done(report) == [("ticket.close", "", REF, "done")]
    assert the_ticket(world).status == "resolved"
    assert notes(world) == ["Η αιτία δεν υπάρχει πια· δεν χρειάζεται τίποτε άλλο."]
    assert filed(centre).ticket_state is TicketState.RESOLVED
    assert pass_(centre).done == []


def test_what_comes_back_reopens_the_same_ticket(centre: Centre, world: World, course: str) -> None:
    pass_(centre)
    known_now(centre, "substitute1")
    pass_(centre)
    stranger(centre, course, "substitute3")
    report = pass_(centre)
    assert [verb for verb, *_ in done(report)] == ["ticket.open"]
    assert the_ticket(world).status == "open"
    assert "Εμφανίστηκε ξανά." in notes(world)[-1]
    assert "substitute3" in notes(world)[-1]
    known_now(centre, "substitute1", "substitute3")
    pass_(centre)
    assert the_ticket(world).status == "resolved"
    assert len(notes(world)) == 3  # cured, again, cured again: each told
    assert pass_(centre).done == []


@pytest.mark.parametrize("fault", ["reset-after-write@1", "cut-body@4"])
def test_a_ticket_made_without_an_answer_is_one_ticket(centre: Centre, world: World, course: str, fault: str) -> None:
    """H-9: sent, no answer. It is looked for before anything is sent again (H-17)."""
    centre.faults.set(f"rt:{fault}")
    pass_(centre)
    centre.faults.lift()
    pass_(centre)
    assert len(world.tickets()) == 1
    assert filed(centre).ticket == str(the_ticket(world).id)
    assert pass_(centre).done == []


def test_a_ticket_made_without_an_answer_is_closed_if_its_cause_has_gone_meanwhile(
    centre: Centre, world: World, course: str, desk: tuple[World, Running]
) -> None:
    centre.faults.set("rt:reset-after-write@1")
    pass_(centre)
    centre.faults.lift()
    known_now(centre, "substitute1")
    pass_(centre)
    pass_(centre)
    assert [t.status for t in world.tickets()] == ["resolved"]


def test_a_refusal_to_close_leaves_it_open_and_is_told(centre: Centre, world: World, course: str) -> None:
    """H-3: a PUT that was refused answers 200."""
    pass_(centre)
    known_now(centre, "substitute1")
    centre.faults.set("rt:put-refused")
    report = pass_(centre)
    assert done(report) == [("ticket.close", "", REF, "refused")]
    assert "Permission Denied" in report.failed[0][1].detail
    assert exit_code([report]) == 1
    assert the_ticket(world).status == "new"
    assert filed(centre).ticket_state is TicketState.OPEN
    centre.faults.lift()
    assert done(pass_(centre)) == [("ticket.close", "", REF, "done")]
    assert the_ticket(world).status == "resolved"
    assert len(notes(world)) == 1  # said once, however often it was tried


def test_a_helpdesk_that_is_away_keeps_the_case_until_it_is_back(centre: Centre, world: World, course: str) -> None:
    centre.faults.set("rt:server-error")
    report = pass_(centre)
    assert done(report) == [("ticket.open", "", REF, "later")]
    assert report.counts["open cases"] == 1
    centre.faults.lift()
    assert done(pass_(centre)) == [("ticket.open", "", REF, "done")]
    assert len(world.tickets()) == 1


def test_a_token_that_is_wrong_is_told_once_in_a_pass(centre: Centre, world: World, course: str) -> None:
    centre.faults.set("rt:bad-token")
    report = pass_(centre)
    assert [outcome for *_, outcome in done(report)] == ["later"]
    assert "token" in report.failed[0][1].detail.lower()
    assert "rt_sandbox" not in report.failed[0][1].detail


def test_a_platform_that_is_away_cures_nothing(centre: Centre, world: World, course: str) -> None:
    """A refused trainer stays a case while nobody can look; unreachable is not cured."""
    text = (centre.folder / "ekfe.yaml").read_text(encoding="utf-8").replace("trainer1", "newtrainer")
    (centre.folder / "ekfe.yaml").write_text(text, encoding="utf-8")
    centre.people(*TEACHERS, Teacher("newtrainer"), Teacher("substitute1"))
    pass_(centre)
    assert [t.status for t in world.tickets()] == ["new"]
    centre.faults.set("eclass:server-error")
    pass_(centre)
    pass_(centre)
    assert [t.status for t in world.tickets()] == ["new"]
    centre.faults.lift()
    centre.world.add_user("newtrainer", "Όνομα", "Νέα", "n@sch.example")
    pass_(centre)
    pass_(centre)
    assert [t.status for t in world.tickets()] == ["resolved"]


def test_a_directory_that_was_never_read_makes_nobody_a_stranger(centre: Centre, world: World, course: str) -> None:
    """Unread is not empty: a ticket with everybody's name would be a false alarm at the very first start."""
    (centre.folder / "directory.ldif").unlink()
    sync_once(centre)
    assert world.tickets() == []
    centre.people()
    pass_(centre)
    pass_(centre)
    assert "substitute1" in filed(centre).case.body
    assert "teacher1" not in filed(centre).case.body


def test_a_helpdesk_that_is_only_observed_gets_no_ticket(centre: Centre, world: World, course: str) -> None:
    centre.connectors["desk"] = centre.connectors["desk"].replace("mode: apply", "mode: observe")
    centre.settings()
    report = pass_(centre)
    assert report.counts["open cases"] == 1
    assert world.tickets() == []
    assert filed(centre).ticket == ""


def test_without_a_helpdesk_the_cases_are_kept_and_shown(centre: Centre, world: World, course: str) -> None:
    centre.services = {}
    centre.connectors = {}
    centre.settings()
    report = pass_(centre)
    assert report.counts["open cases"] == 1
    assert report.done == []
    assert filed(centre).cured is None
