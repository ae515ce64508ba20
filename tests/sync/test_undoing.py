"""The way back from a run, as a pure question: what is taken back, in which order, what stays and why (rule 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import Capability, Cause, Change, Outcome, Receipt, Target, Verb
from kypek_sync.ledger.runs import Deed
from kypek_sync.sync.undo.undoing import OPPOSITE, Lost, Stays, opposite, take_back

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ALL = {name: frozenset(Capability) for name in ("moodle", "eclass", "desk", "rooms")}
NONE: dict[str, frozenset[Capability]] = {"eclass": frozenset()}
STUDENT = (("role", "student"),)
DONE = Receipt(Outcome.DONE)


def deed(number: int, change: Change, receipt: Receipt | None = DONE) -> Deed:
    return Deed(number, 1, change, NOW, receipt)


def change(verb: Verb, login: str = "", thing: str = "", system: str = "moodle", **facts: str) -> Change:
    return Change(verb, Target(system, "X", thing, login), (), tuple(sorted(facts.items())), ("why",))


def enrol(login: str) -> Change:
    return change(Verb.ENROL, login, role="student")


def unenrol(login: str) -> Change:
    return Change(Verb.UNENROL, Target("moodle", "X", "", login), STUDENT, (), cause=Cause.INFERRED)


def back(*changes: Change) -> list[tuple[str, str]]:
    deeds = [deed(number, one) for number, one in enumerate(changes)]
    return [(c.verb.value, c.target.login or c.target.object) for c in take_back(deeds, ALL).changes]


def test_people_leave_the_group_before_the_course() -> None:
    assert back(enrol("anna"), change(Verb.JOIN_GROUP, "anna", "G", group="G")) == [
        ("membership.remove", "anna"),
        ("enrolment.remove", "anna"),
    ]


def test_people_come_back_into_the_course_before_its_groups() -> None:
    """M-31: a group takes only members of the course."""
    left = Change(Verb.LEAVE_GROUP, Target("moodle", "X", "G", "anna"), (("group", "G"),))
    assert back(unenrol("anna"), left) == [("enrolment.add", "anna"), ("membership.add", "anna")]


def test_what_was_done_last_is_taken_back_first() -> None:
    assert back(enrol("anna"), enrol("vera"), enrol("zoe")) == [
        ("enrolment.remove", n) for n in ("zoe", "vera", "anna")
    ]


@pytest.mark.parametrize("outcome", [Outcome.ALREADY, Outcome.REFUSED, Outcome.LATER])
def test_only_what_the_ledger_says_we_did_is_taken_back(outcome: Outcome) -> None:
    found = take_back([deed(1, enrol("anna"), Receipt(outcome))], ALL)
    assert (found.back, found.stays) == ((), ())


@pytest.mark.parametrize("receipt", [None, Receipt(Outcome.AMBIGUOUS)])
def test_what_got_no_clear_answer_may_have_been_done(receipt: Receipt | None) -> None:
    assert len(take_back([deed(1, enrol("anna"), receipt)], ALL).changes) == 1


def test_a_removal_on_the_way_back_is_a_named_persons_decision() -> None:
    (found,) = take_back([deed(1, enrol("anna"))], ALL, ("because",)).changes
    assert (found.cause, found.before, found.after, found.because) == (Cause.DECIDED, STUDENT, (), ("because",))


def test_a_title_goes_back_to_what_it_was() -> None:
    updated = Change(Verb.UPDATE_COURSE, Target("moodle", "X"), (("title", "Old"),), (("title", "New"),))
    (found,) = take_back([deed(1, updated)], ALL).changes
    assert (found.before, found.after) == ((("title", "New"),), (("title", "Old"),))


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (change(Verb.CREATE_COURSE, title="X"), Stays.COURSE),
        (change(Verb.ADOPT_COURSE, address="a"), Stays.ADOPTED),
        (change(Verb.CREATE_GROUP, thing="G", name="G"), Stays.GROUP),
        (change(Verb.ENROL, "anna", role="trainer"), Stays.TRAINER),
        (replace(change(Verb.ENROL, "anna", role="trainer"), before=STUDENT), Stays.RAISED),
        (change(Verb.END_ROOM, thing="1"), Stays.ROOM_ENDED),
        (change(Verb.NOTE_TICKET, thing="r", system="desk", text="t"), Stays.NOTE),
        (change(Verb.SEND_MAIL, "anna", kind="seat-granted"), Stays.MAIL),
    ],
)
def test_some_things_stay_wherever_they_are(one: Change, why: Stays) -> None:
    """E-24: a trainer is never demoted. No platform lets us delete a course."""
    found = take_back([deed(1, one)], ALL)
    assert found.back == ()
    assert [reason for _, reason in found.stays] == [why]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (change(Verb.JOIN_GROUP, "anna", "G", "eclass", group="G"), Stays.IN_GROUP),
        (change(Verb.UPDATE_COURSE, system="eclass", title="New"), Stays.COURSE_FACTS),
    ],
)
def test_some_things_stay_where_the_platform_cannot_do_it(one: Change, why: Stays) -> None:
    """eClass takes nobody out of a group and changes no course."""
    assert [reason for _, reason in take_back([deed(1, one)], NONE).stays] == [why]
    assert take_back([deed(1, one)], ALL).stays == ()


def test_the_first_date_of_enrolment_is_lost_and_said() -> None:
    found = take_back([deed(1, unenrol("anna"))], ALL)
    assert [what for _, what in found.lost] == [Lost.DATE]


def test_of_a_batch_and_its_retry_one_is_taken_back() -> None:
    found = take_back([deed(1, enrol("anna"), Receipt(Outcome.AMBIGUOUS)), deed(2, enrol("anna"))], ALL)
    assert [d.intent for _, d in found.back] == [2]


def test_every_opposite_leads_back() -> None:
    assert {verb: OPPOSITE[other] for verb, other in OPPOSITE.items() if other in OPPOSITE} == {
        verb: verb for verb in OPPOSITE if verb is not Verb.OPEN_ROOM
    }


LOGINS = st.sampled_from(["anna", "vera", "zoe"])
SYSTEMS = st.sampled_from(["moodle", "eclass"])


@st.composite
def reversible(draw: st.DrawFn) -> Change:
    """A change that can be taken back, on a platform that can do everything."""
    verb = draw(st.sampled_from([v for v in OPPOSITE if v is not Verb.OPEN_ROOM]))
    system, seminar, login = draw(SYSTEMS), draw(st.sampled_from(["X", "Y"])), draw(LOGINS)
    match verb:
        case Verb.ENROL:
            return Change(verb, Target(system, seminar, "", login), (), STUDENT)
        case Verb.UNENROL:
            return Change(verb, Target(system, seminar, "", login), STUDENT, (), cause=Cause.DECIDED)
        case Verb.SUSPEND:
            active, shut = (("active", "yes"),), (("active", "no"),)
            return Change(verb, Target(system, seminar, "", login), active, shut, cause=Cause.DECIDED)
        case Verb.RESUME:
            return Change(verb, Target(system, seminar, "", login), (("active", "no"),), (("active", "yes"),))
        case Verb.JOIN_GROUP:
            return Change(verb, Target(system, seminar, "G", login), (), (("group", "G"),))
        case Verb.LEAVE_GROUP:
            return Change(verb, Target(system, seminar, "G", login), (("group", "G"),), (), cause=Cause.DECIDED)
        case Verb.JOIN_COHORT:
            return Change(verb, Target(system, "", "C", login), (), (("cohort", "C"),))
        case Verb.LEAVE_COHORT:
            return Change(verb, Target(system, "", "C", login), (("cohort", "C"),), (), cause=Cause.DECIDED)
        case Verb.REVISE:
            old, new = (("text", "Old"), ("title", "Old")), (("text", draw(LOGINS)), ("title", "New"))
            return Change(verb, Target(system, seminar), old, new)
        case Verb.ADD_EVENT:
            return Change(verb, Target(system, seminar, "1"), (), (("title", draw(LOGINS)),))
        case Verb.REMOVE_EVENT:
            return Change(verb, Target(system, seminar, "1"), (("title", draw(LOGINS)),), (), cause=Cause.DECIDED)
        case Verb.OPEN_TICKET:
            return Change(verb, Target("desk", seminar, login), (), (("version", "1"),))
        case Verb.CLOSE_TICKET:
            return Change(verb, Target("desk", seminar, login), (("state", "open"),), (("state", "resolved"),))
    return Change(verb, Target(system, seminar), (("title", "Old"),), (("title", draw(LOGINS)),))


@given(st.lists(reversible(), unique_by=lambda c: (c.verb.value.partition(".")[0], c.target)))
def test_the_undo_of_an_undo_is_what_was_done(changes: list[Change]) -> None:
    first = take_back([deed(number, one) for number, one in enumerate(changes)], ALL)
    second = take_back([deed(number, one) for number, one in enumerate(first.changes)], ALL)
    assert first.stays == second.stays == ()
    assert set(second.changes) == set(changes)
    assert len(second.changes) == len(changes)


@given(reversible())
def test_the_opposite_of_an_opposite_is_the_change(one: Change) -> None:
    assert opposite(opposite(one)) == one
