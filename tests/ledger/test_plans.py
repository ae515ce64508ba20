"""The plan of a run is kept with it, as it was, and goes with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from kypek_sync.contract import Cause, Change, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.ledger import Ledger, plans, retention, runs
from kypek_sync.ledger.care_tables import plans as table
from kypek_sync.ledger.plans import FREE, Plan, Planned, Stand, Standing
from kypek_sync.ledger.retention import Periods

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HELD = Standing(
    Stand.HELD, "limit", 3, Sentence.of("%(count)s inferred removals in one run; %(limit)s pass", count=4, limit=3)
)


def change(login: str, **values: object) -> Change:
    plain: dict[str, object] = {"after": (("group", "Συμμετέχοντες"),), "because": ("ekfe.xlsx: γραμμή 3", "έχει θέση")}
    target = Target("moodle", "EKFE-26-01", "Συμμετέχοντες", login)
    return Change(Verb.JOIN_GROUP, target, **(plain | values))  # type: ignore[arg-type]


def plan(*planned: Planned) -> Plan:
    return Plan("att-a", "seats", NOW, planned)


def test_a_stored_plan_is_read_as_it_was_made(ledger: Ledger) -> None:
    made = plan(
        Planned(change("anna")),
        Planned(change("dora", before=(("role", "student"),), cause=Cause.INFERRED), HELD),
        Planned(change("eleni", because=()), Standing(Stand.PINNED, why=Sentence("by maria"))),
    )
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        plans.store(connection, run, made)
    with ledger.begin(keep=False) as connection:
        assert plans.get(connection, run) == made
        assert connection.execute(select(table.c.hash)).scalar_one() == made.hash


def test_an_empty_plan_is_not_kept(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        plans.store(connection, run, plan())
        assert plans.get(connection, run) is None
        assert connection.execute(select(table.c.run)).all() == []


def test_a_plan_goes_with_its_run(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        old = runs.begin_run(connection, "att-a", "seats", NOW - timedelta(days=100))
        new = runs.begin_run(connection, "att-a", "seats", NOW)
        for run in (old, new):
            plans.store(connection, run, plan(Planned(change("anna"))))
    periods = Periods(*(timedelta(days=90),) * 3)
    with ledger.begin() as connection:
        retention.forget(connection, periods, NOW)
        assert plans.get(connection, old) is None
        assert plans.get(connection, new) is not None


def test_reasons_that_many_changes_share_are_written_once(ledger: Ledger) -> None:
    alike, own = (
        (change(f"t{n}") for n in range(100)),
        (change(f"u{n}", because=("έχει θέση", f"{n}")) for n in range(100)),
    )
    made = plan(*(Planned(one, HELD) for one in (*alike, *own)))
    with ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", NOW)
        plans.store(connection, run, made)
        body = connection.execute(select(table.c.body)).scalar_one()
    assert (len(body["because"]), len(body["standings"]), len(body["changes"])) == (101, 1, 200)
    assert len(body["sentences"]) == 102


words = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12)
pairs = st.lists(st.tuples(words, words), max_size=3).map(tuple)
changes = st.builds(
    Change,
    st.sampled_from(Verb),
    st.builds(Target, words, words, words, words),
    pairs,
    pairs,
    st.lists(words, max_size=3).map(tuple),
    st.sampled_from(Cause),
)
standings = st.one_of(
    st.just(FREE),
    st.builds(Standing, st.sampled_from(Stand), words, st.none() | st.integers(1, 99), st.builds(Sentence, words)),
)


@given(st.lists(st.builds(Planned, changes, standings), min_size=1, max_size=6).map(tuple))
def test_every_plan_survives_its_storing(planned: tuple[Planned, ...]) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        made = plan(*planned)
        plans.store(connection, 1, made)
        assert plans.get(connection, 1) == made
    engine.dispose()
