"""A plan is a plain value: sorted, each change with its standing, the same hash for the same changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.contract import Cause, Change, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger.holds import fingerprint
from kypek_sync.ledger.plans import FREE, Plan, Planned, Stand
from kypek_sync.sync.planning.aside import Aside, Reason
from kypek_sync.sync.planning.document import plan_of
from kypek_sync.sync.planning.guard import Held

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def change(login: str, seminar: str = "S1", verb: Verb = Verb.JOIN_GROUP, **values: object) -> Change:
    return replace(Change(verb, Target("moodle", seminar, "", login)), **values)  # type: ignore[arg-type]


def held(*changes: Change, guard: str = "limit") -> Held:
    return Held(guard, "S1", "moodle", changes, Sentence("too many"))


def stands(plan: Plan) -> dict[str, tuple[Stand, int | None]]:
    return {p.change.target.login: (p.standing.stand, p.standing.hold) for p in plan.changes}


def test_every_change_stands_as_its_guard_a_person_or_a_pin_decided() -> None:
    everybody = {name: change(name) for name in ("free", "passed", "held", "refused", "shown", "pinned", "resting")}
    plan = plan_of(
        *("att-a", "seats", NOW, [everybody["free"], everybody["passed"]]),
        held=[
            (3, held(everybody["held"])),
            (4, held(everybody["refused"])),
            (None, held(everybody["shown"], guard="mode")),
        ],
        rejected={everybody["refused"]},
        aside=[
            Aside(Reason.PINNED, everybody["pinned"], "by maria"),
            Aside(Reason.RESTING, everybody["resting"], "until noon"),
        ],
        approved={everybody["passed"].bare: 2},
    )
    assert stands(plan) == {
        "free": (Stand.FREE, None),
        "held": (Stand.HELD, 3),
        "passed": (Stand.FREE, 2),
        "pinned": (Stand.PINNED, None),
        "refused": (Stand.REJECTED, 4),
        "resting": (Stand.RESTING, None),
        "shown": (Stand.HELD, None),
    }
    assert [c.target.login for c in plan.of(Stand.FREE)] == ["free", "passed"]
    assert [(s.stand, len(c)) for s, c in plan.groups()] == [
        (Stand.FREE, 1),
        (Stand.FREE, 1),
        (Stand.HELD, 1),
        (Stand.HELD, 1),
        (Stand.REJECTED, 1),
        (Stand.PINNED, 1),
        (Stand.RESTING, 1),
    ]
    assert str(plan.changes[3].standing.why) == "by maria"


def test_a_plan_is_in_the_order_of_what_others_need() -> None:
    free = [
        change("b"),
        change("a", "S2"),
        change("a"),
        change("", verb=Verb.CREATE_COURSE),
        change("z", verb=Verb.ENROL),
    ]
    made = plan_of("att-a", "seats", NOW, free)
    assert made == plan_of("att-a", "seats", NOW, reversed(free))
    assert [(c.change.target.seminar, c.change.verb, c.change.target.login) for c in made.changes] == [
        ("S1", Verb.CREATE_COURSE, ""),
        ("S1", Verb.ENROL, "z"),
        ("S1", Verb.JOIN_GROUP, "a"),
        ("S1", Verb.JOIN_GROUP, "b"),
        ("S2", Verb.JOIN_GROUP, "a"),
    ]


def test_changes_that_stand_alike_share_their_standing() -> None:
    many = [change(f"t{n:03}") for n in range(500)]
    made = plan_of("att-a", "seats", NOW, (), held=[(1, held(*many))])
    assert len({id(planned.standing) for planned in made.changes}) == 1


logins = st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=8)


@given(logins, st.text(max_size=9), st.integers(0, 99))
def test_the_hash_knows_what_is_wanted_and_neither_why_nor_when_nor_how_it_stands(
    names: list[str], reason: str, minutes: int
) -> None:
    free = [change(name, before=(("role", "student"),)) for name in names]
    first = plan_of("att-a", "seats", NOW, free)
    again = [replace(one, because=(reason,), cause=Cause.INFERRED) for one in reversed(free)]
    second = plan_of("att-v", "rooms", NOW + timedelta(minutes=minutes), (), held=[(minutes, held(*again))])
    assert first.hash == second.hash == fingerprint(free)
    more = plan_of("att-a", "seats", NOW, [*free, change("ο άλλος ο πολύ μακρύς")])
    assert more.hash != first.hash
    if free:
        assert plan_of("att-a", "seats", NOW, [replace(free[0], before=()), *free[1:]]).hash != first.hash


def test_the_hash_of_a_plan_lasts() -> None:
    """It is stored, shown and typed by people: another version may not compute another one."""
    plan = Plan("att-a", "seats", NOW, (Planned(change("anna", after=(("group", "Συμμετέχοντες"),)), FREE),))
    assert plan.hash == "3a85089c040e15111fb7ec79761e841bb59f7fb50351354de66dfdf910f28b05"
