"""Who stays in a course that several seminars share, whatever they decide and in whatever order (design, rule 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from kypek_sync.contract import (
    Capability,
    Change,
    Course,
    CourseDraft,
    Courses,
    Group,
    Member,
    Outcome,
    Receipt,
    Snapshot,
    Target,
    Verb,
)
from kypek_sync.ledger import Ledger, bindings, open_ledger, shared_courses
from kypek_sync.ledger.bindings import Binding, Claim
from kypek_sync.ledger.tables import claims
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.calls import CourseCalls
from kypek_sync.sync.courses.conflicts import Use, refused
from kypek_sync.sync.courses.group_names import with_own_groups
from kypek_sync.sync.courses.ownership import let_go, renew, respected, shut_out
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from kypek_sync.sync.courses.sharing import Sharing
from kypek_sync.sync.planning.desired import SEATED, WishedCourse
from kypek_sync.sync.planning.plan import ObservedCourse, plan_courses
from tests.sync.centre import START, Turning

SYSTEM, COURSE = "moodle", "12"
OF = {"S-1": "att-a", "S-2": "att-a", "S-3": "att-v"}
"""The seminars that share the course, with their KYPEKs."""
CAN = frozenset({Capability.SUSPEND, Capability.MEMBER_LIST})
GRACE = timedelta(days=7)
HAND = "by-hand"


class Shared:
    """A course of a platform, and the passes of the KYPEKs whose seminars use it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.clock = Turning()
        self.inside: dict[str, bool] = {HAND: True}
        self.wanted: dict[str, frozenset[str]] = dict.fromkeys(OF, frozenset())
        with ledger.begin() as connection:
            connection.execute(delete(claims))  # what another example left
            for seminar, kypek in OF.items():
                bindings.learn(connection, kypek, Binding(SYSTEM, "course", seminar, COURSE, "…"), START)

    def look(self, kypek: str, seminar: str) -> CourseRead:
        """A whole read of the course for one seminar."""
        members = tuple(
            Member(login, CourseRole.STUDENT, active=active) for login, active in sorted(self.inside.items())
        )
        with self.ledger.begin(keep=False) as connection:
            ours = bindings.claimed(connection, kypek, "enrolment").get((SYSTEM, seminar), frozenset())
        groups: Snapshot[Group] = Snapshot(SYSTEM, COURSE, self.clock(), (), complete=True)
        return CourseRead(
            CourseTask(SYSTEM, seminar, COURSE, ours=ours),
            Course(COURSE, "…", ""),
            members=Snapshot(SYSTEM, COURSE, self.clock(), members, complete=True),
            groups=groups,
            proven_gone=ours - self.inside.keys(),
        )

    def make_pass(self, kypek: str, given_back: frozenset[str] = frozenset()) -> list[Change]:
        """A pass of one KYPEK; what it changed. `given_back` are those who gave up a seat themselves."""
        mine = [seminar for seminar, of in OF.items() if of == kypek]
        wishes = {
            (SYSTEM, seminar): WishedCourse(
                SYSTEM,
                seminar,
                CourseDraft(f"kypek:{kypek}:{seminar}", "…", ""),
                students=self.wanted[seminar],
                mirror=True,
                because=(("nobody", "has no seat"), ("course", "…")),
            )
            for seminar in mine
        }
        reads = {key: self.look(kypek, key[1]) for key in wishes}
        now = self.clock()
        with self.ledger.begin() as connection:
            let_go(connection, kypek, wishes, reads)
            renew(connection, kypek, wishes, now)
            sharing = Sharing.of(connection, kypek, wishes, reads, now)
            sharing.renew(connection, wishes, reads, now)
            suspended = shut_out(connection, kypek, wishes, reads)
            out = respected(connection, kypek, wishes, reads, now, sharing.enrolled)
            enrolled = bindings.claimed(connection, kypek, "enrolment")
            observed = {}
            for key, wish in wishes.items():
                members = reads[key].members
                assert members is not None
                since = suspended.get(key, {})
                sight = ObservedCourse(
                    *key,
                    bound=True,
                    course=reads[key].course,
                    members={member.login: member for member in members.items},
                    members_complete=True,
                    groups_complete=True,
                    enrolled=enrolled.get(key, frozenset()),
                    left_out=out.get(key, frozenset()),
                    suspended=frozenset(since),
                    due=frozenset(login for login, at in since.items() if at <= now - GRACE),
                )
                observed[key] = sharing.seen(connection, sight, wish, now - GRACE)
        withdrawn = dict.fromkeys(mine, given_back)
        changes = plan_courses(wishes.values(), observed, {SYSTEM: CAN}, withdrawn)
        calls = CourseCalls(self.ledger, self.clock, kypek, {}, {SYSTEM: CAN}, wishes)
        calls.sharing = sharing
        asked = [change for change in changes if change.target.login]
        for change in asked:
            self._carry_out(calls, change)
        return asked

    def _carry_out(self, calls: CourseCalls, change: Change) -> None:
        login, outcome = change.target.login, Outcome.DONE
        match change.verb:
            case Verb.ENROL:
                outcome = Outcome.ALREADY if self.inside.get(login) else Outcome.DONE
                self.inside[login] = True
            case Verb.RESUME:
                self.inside[login] = True
            case Verb.SUSPEND:
                self.inside[login] = False
            case Verb.UNENROL:
                del self.inside[login]
        with self.ledger.begin() as connection:
            calls.remember(connection, [(change, Receipt(outcome))])

    def here(self) -> set[str]:
        """Who can enter the course."""
        return {login for login, active in self.inside.items() if active}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    it = open_ledger(f"sqlite:///{tmp_path}/kypek.db", tmp_path)
    yield it
    it.close()


@pytest.fixture
def shared(ledger: Ledger) -> Shared:
    return Shared(ledger)


PEOPLE = ("anna", "dora", HAND)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(OF)),
        st.frozensets(st.sampled_from(PEOPLE)),
        st.sampled_from(sorted(set(OF.values()))),
        st.booleans(),
    ),
    max_size=10,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_everybody_with_a_reason_stays_and_nobody_of_ours_without_one(
    ledger: Ledger, steps: list[tuple[str, frozenset[str], str, bool]]
) -> None:
    it = Shared(ledger)
    for seminar, wanted, kypek, gave_back in steps:
        before, lost = it.here(), it.wanted[seminar] - wanted
        it.wanted[seminar] = wanted
        it.clock.turn(minutes=5)
        it.make_pass(kypek, lost if gave_back else frozenset())
        some_reason = frozenset().union(*it.wanted.values())
        claimed = {login for login in before if login in some_reason}
        assert it.here() >= {HAND} | (claimed & _wanted_and_told(it, kypek))
        assert it.here() >= frozenset().union(*(it.wanted[s] for s, of in OF.items() if of == kypek))
    for _ in range(2):  # everybody looks, those without a reason are shut out; then the grace is over
        for _ in range(2):
            for kypek in sorted(set(OF.values())):
                it.clock.turn(minutes=5)
                it.make_pass(kypek)
        it.clock.turn(days=8)
    assert it.inside.keys() == {HAND}.union(*it.wanted.values())
    assert it.here() == it.inside.keys()
    assert [it.make_pass(kypek) for kypek in sorted(set(OF.values()))] == [[], []]


def _wanted_and_told(it: Shared, kypek: str) -> set[str]:
    """Whom the seminars want of which the others can know: those of this KYPEK, and those whom another one claims."""
    with it.ledger.begin(keep=False) as connection:
        users = shared_courses.users(connection, {(SYSTEM, COURSE)})[(SYSTEM, COURSE)]
        owned_by_login = shared_courses.owned(connection, users)
    told = {login for login, owned in owned_by_login.items() if any(one.live for one in owned)}
    return told | {login for s, of in OF.items() if of == kypek for login in it.wanted[s]}


def test_who_is_lost_by_inference_is_shut_out_first_and_let_in_by_another_seminar(shared: Shared) -> None:
    shared.wanted["S-1"] = frozenset({"anna"})
    shared.make_pass("att-a")
    shared.wanted["S-1"] = frozenset()
    assert [c.verb for c in shared.make_pass("att-a")] == [Verb.SUSPEND]
    shared.wanted["S-3"] = frozenset({"anna"})
    assert [c.verb for c in shared.make_pass("att-v")] == [Verb.RESUME]
    shared.clock.turn(days=30)
    assert shared.make_pass("att-a") == []
    shared.wanted["S-3"] = frozenset()
    assert [c.verb for c in shared.make_pass("att-v")] == [Verb.SUSPEND]  # a grace of its own, not what is left
    shared.clock.turn(days=8)
    assert [c.verb for c in shared.make_pass("att-a")] == [Verb.UNENROL]
    assert shared.here() == {HAND}


def test_whom_people_let_in_for_another_seminar_is_shut_out_no_more(shared: Shared) -> None:
    """What remembers that she was shut out ends for all; else the other seminar could never take her out again."""
    shared.wanted["S-1"] = frozenset({"anna"})
    shared.make_pass("att-a")
    shared.wanted["S-1"] = frozenset()
    shared.make_pass("att-a")
    shared.inside["anna"] = True  # by hand
    shared.wanted["S-3"] = frozenset({"anna"})
    assert shared.make_pass("att-v") == []
    shared.clock.turn(days=30)
    shared.wanted["S-3"] = frozenset()
    assert [c.verb for c in shared.make_pass("att-v")] == [Verb.SUSPEND]


def test_the_seminar_that_lost_its_reason_last_takes_the_person_out(shared: Shared) -> None:
    shared.wanted |= {"S-1": frozenset({"anna"}), "S-2": frozenset({"anna"})}
    shared.make_pass("att-a")
    shared.clock.turn(minutes=5)
    shared.wanted["S-2"] = frozenset()
    assert shared.make_pass("att-a", frozenset({"anna"})) == []
    shared.clock.turn(minutes=5)
    shared.wanted["S-1"] = frozenset()
    (change,) = shared.make_pass("att-a", frozenset({"anna"}))
    assert (change.verb, change.target) == (Verb.UNENROL, Target(SYSTEM, "S-1", "", "anna"))


def test_a_call_asks_once_more_before_it_ends_a_membership(shared: Shared) -> None:
    """Another KYPEK gave her a seat while this one's pass was under way."""
    shared.wanted["S-1"] = frozenset({"anna"})
    shared.make_pass("att-a")
    key = (SYSTEM, "S-1")
    with shared.ledger.begin() as connection:
        sharing = Sharing.of(connection, "att-a", [key], {}, START)
        bindings.claim(connection, "att-v", [Claim(SYSTEM, "enrolment", "S-3", "anna", "seat")], START)

    class Untouched:
        def unenrol(self, course: str, logins: list[str]) -> tuple[Receipt, ...]:
            raise AssertionError("nobody is taken out")

    calls = CourseCalls(shared.ledger, shared.clock, "att-a", {SYSTEM: cast(Courses, Untouched())}, {SYSTEM: CAN}, {})
    calls.sharing = sharing
    change = Change(Verb.UNENROL, Target(SYSTEM, "S-1", "", "anna"))
    (receipt,) = calls.calls()[Verb.UNENROL]([change])
    assert receipt.outcome is Outcome.LATER


# ------------------------------------------------------------------------------------------------ whose course it is


def use(name: str, since: int | None, *, registration: bool = False, over: bool = False) -> Use:
    """A use of a course: `since` a day, or not yet."""
    at = None if since is None else START + timedelta(days=since)
    return Use("att-a", (SYSTEM, name), at, registration, over)


@pytest.mark.parametrize(
    ("uses", "out"),
    [
        ([use("A", 1), use("B", None), use("C", 2)], set()),
        ([use("A", 1, registration=True), use("B", None)], {"B"}),
        ([use("A", 1, registration=True), use("B", None, registration=True)], {"B"}),
        ([use("A", 1), use("B", None, registration=True)], {"B"}),
        ([use("A", None, registration=True), use("B", None, registration=True)], {"A", "B"}),
        ([use("A", None, registration=True), use("B", None)], {"A", "B"}),
        ([use("A", 1), use("B", None), use("C", None, registration=True)], {"C"}),
        ([use("A", 1, registration=True), use("B", 2, registration=True)], {"B"}),
        ([use("A", 1, registration=True), use("B", 2)], {"A"}),
        ([use("A", 1, registration=True, over=True), use("B", None, registration=True)], set()),
        ([use("A", 1, registration=True, over=True), use("B", 2, registration=True)], {"A"}),
        ([use("A", 2, registration=True, over=True), use("B", 1, registration=True)], {"A"}),
    ],
    ids=lambda value: (
        " ".join(f"{u.key[1]}{(u.since and u.since.day) or '?'}" for u in value)
        if isinstance(value, list)
        else ",".join(sorted(value)) or "nobody"
    ),
)
def test_people_apply_for_one_seminar_alone(uses: list[Use], out: set[str]) -> None:
    assert {one.key[1] for one in refused(uses)} == out
    assert {one.key[1] for one in refused(reversed(uses))} == out


# ------------------------------------------------------------------------------------------------ names of groups


def wish(
    course: str, *, adopt: str = "", mirror: bool = True, part: str = "", title: str = "Ρομποτική"
) -> WishedCourse:
    draft = CourseDraft("…", f"{title} – {part}" if part else title, "")
    groups = ((SEATED, frozenset({"anna"})),)
    return WishedCourse(SYSTEM, course, draft, adopt=adopt, groups=groups, mirror=mirror, part=part)


def name(one: WishedCourse, *known: str, existing: bool = False, kypek: str = "", shown: tuple[str, ...] = ()) -> str:
    """The group's name; `known` are those that the ledger knows, `shown` those that the course has."""
    groups = {(SYSTEM, f"{one.course}/{n}") for n in known}
    (found,) = with_own_groups([one], groups, {one.key} if existing else (), kypek, {one.key: shown}, "att-a")
    assert found.seated == {"anna"}
    return found.seats_group


def test_a_course_of_our_own_has_the_plain_name() -> None:
    assert name(wish("S-1")) == SEATED
    assert name(wish("S-1", adopt="https://…", mirror=False)) == SEATED  # where people apply nobody else is


def test_a_course_that_existed_has_a_group_for_each_seminar_in_its_own_words() -> None:
    assert name(wish("S-1", adopt="https://…")) == f"{SEATED} – Ρομποτική"
    assert name(wish("S-1", adopt="https://…"), kypek="ΚΥΠΕΚ Α΄") == f"{SEATED} – Ρομποτική (ΚΥΠΕΚ Α΄)"
    assert name(wish("S-1"), existing=True) == f"{SEATED} – Ρομποτική"  # the address was cleared since
    assert name(wish("S-1", adopt="https://…", part="πρωινό")) == f"{SEATED} – Ρομποτική – πρωινό"
    assert name(wish("S-1", adopt="https://…", title="ΑΚΥΡΩΘΗΚΕ: Ρομποτική")) == f"{SEATED} – Ρομποτική"


def test_no_name_has_what_a_platform_would_change_or_what_parts_our_own_names() -> None:
    odd = name(wish("S-1", adopt="https://…", title="Α/Β <i>τάξης</i>  & 🙂  "))
    assert odd == f"{SEATED} – Α Β i τάξης i"
    long = name(wish("S-1", adopt="https://…", title="Πολλά λόγια " * 30))
    assert (len(long), long[-1]) == (len(f"{SEATED} – ") + 100, "…")
    assert name(wish("S-1", adopt="https://…", title="🙂")) == f"{SEATED} – S-1"


def test_seminars_of_one_title_are_told_apart_by_their_codes() -> None:
    """Whoever comes later too, also where the title was another's in earlier days."""
    both = with_own_groups([wish("S-1", adopt="https://…"), wish("S-2", adopt="https://…")], (), ())
    assert [one.seats_group for one in both] == [f"{SEATED} – Ρομποτική (S-1)", f"{SEATED} – Ρομποτική (S-2)"]
    known = {(SYSTEM, f"S-1/{SEATED} – Ρομποτική")}
    later = with_own_groups([wish("S-1", title="Ήχος", adopt="…"), wish("S-2", adopt="…")], known, ())
    assert [one.seats_group for one in later] == [f"{SEATED} – Ρομποτική", f"{SEATED} – Ρομποτική (S-2)"]


def test_a_group_that_we_know_or_that_is_called_as_it_was_keeps_its_name() -> None:
    """Else there would be a second one beside it."""
    one = wish("S-1", adopt="https://…")
    assert name(one, SEATED) == SEATED
    assert name(one, f"{SEATED} S-1", kypek="ΚΥΠΕΚ Α΄") == f"{SEATED} S-1"
    assert name(one, shown=(SEATED, f"{SEATED} S-1 (att-a)")) == f"{SEATED} S-1 (att-a)"
    assert name(wish("S-1/p", adopt="https://…"), shown=(f"{SEATED} S-1 p",)) == f"{SEATED} S-1 p"


def test_a_read_made_before_somebody_was_shut_out_does_not_show_that_they_were_let_in(shared: Shared) -> None:
    """Another KYPEK's pass reads, and decides after the suspension: they would have stayed shut out for ever."""
    shared.wanted["S-1"] = frozenset({"anna"})
    shared.make_pass("att-a")
    key, kypek, ledger = (SYSTEM, "S-3"), "att-v", shared.ledger
    older = {key: shared.look(kypek, "S-3")}
    shared.clock.turn(minutes=3)
    shared.wanted["S-1"] = frozenset()
    (change,) = shared.make_pass("att-a")
    assert change.verb is Verb.SUSPEND
    draft = CourseDraft(f"kypek:{kypek}:S-3", "…", "")
    wishes = {key: WishedCourse(*key, draft, students=frozenset({"anna"}), mirror=True)}
    with ledger.begin() as connection:
        Sharing.of(connection, kypek, wishes, older, shared.clock()).renew(connection, wishes, older, shared.clock())
    shared.clock.turn(minutes=3)
    shared.wanted["S-3"] = frozenset({"anna"})
    assert [change.verb for change in shared.make_pass(kypek)] == [Verb.RESUME]
    assert "anna" in shared.here()
