"""Our id ↔ a foreign id, learnt once; why we own what we own (design, rule 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kypek_sync.ledger import Ledger, bindings
from kypek_sync.ledger.bindings import Binding, Claim

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CODE = "EKFE-26-01"
COURSE = Binding("moodle", "course", CODE, "17", "https://moodle.example/course/view.php?id=17")


def claim(login: str, why: str = "seat", system: str = "moodle", kind: str = "enrolment", object_: str = CODE) -> Claim:
    return Claim(system, kind, object_, login, why)


def test_a_binding_is_kept_and_a_new_foreign_id_replaces_it(ledger: Ledger) -> None:
    moved = Binding("moodle", "course", CODE, "18", "https://moodle.example/course/view.php?id=18")
    group = Binding("moodle", "group", f"{CODE}/Συμμετέχοντες", "5", "")
    with ledger.begin() as connection:
        bindings.learn(connection, "att-a", COURSE, NOW)
        bindings.learn(connection, "att-a", group, NOW)
        assert bindings.known(connection, "att-a", "course") == {("moodle", CODE): COURSE}
        bindings.learn(connection, "att-a", moved, NOW)
        assert bindings.known(connection, "att-a", "course") == {("moodle", CODE): moved}
        assert list(bindings.known(connection, "att-a", "group").values()) == [group]
        assert bindings.known(connection, "att-v", "course") == {}


def test_ownership_is_a_set_of_claims(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        bindings.claim(connection, "att-a", [claim("anna"), claim("anna", "staff"), claim("dora")], NOW)
        bindings.claim(connection, "att-a", [claim("anna")], NOW)
        bindings.claim(connection, "att-a", [claim("eva", system="eclass"), claim("zoe", kind="membership")], NOW)
        assert bindings.claimed(connection, "att-a", "enrolment") == {
            ("moodle", CODE): frozenset({"anna", "dora"}),
            ("eclass", CODE): frozenset({"eva"}),
        }
        assert bindings.claimed(connection, "att-v", "enrolment") == {}


def test_giving_up_an_object_gives_up_every_claim_on_it_and_no_other(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        bindings.claim(connection, "att-a", [claim("anna"), claim("anna", "staff"), claim("dora")], NOW)
        bindings.claim(connection, "att-a", [claim("anna", object_="OTHER"), claim("anna", kind="membership")], NOW)
        bindings.release(connection, "att-a", claim("anna", ""))
        assert bindings.claimed(connection, "att-a", "enrolment") == {
            ("moodle", CODE): frozenset({"dora"}),
            ("moodle", "OTHER"): frozenset({"anna"}),
        }
        assert bindings.claimed(connection, "att-a", "membership") == {("moodle", CODE): frozenset({"anna"})}


def test_of_many_claims_those_that_stand_keep_their_moment(ledger: Ledger) -> None:
    one, other, third = (Claim("moodle", "enrolment", "S1", login, "seat") for login in ("anna", "dora", "eva"))
    later = NOW + timedelta(hours=1)
    with ledger.begin() as connection:
        bindings.claim(connection, "att-a", [one], NOW)
        bindings.claim(connection, "att-a", [one, other, other, third], later)
        bindings.claim(connection, "att-b", [one, other], later)
        since = bindings.since(connection, "att-a", "enrolment")
    assert since == {("moodle", "S1"): {"anna": NOW, "dora": later, "eva": later}}
