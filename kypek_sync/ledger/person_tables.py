"""Where the ledger holds something about one person, in one place: what is exported and what is forgotten.

`OWN` has the records about one person alone. Whatever else names people names them among others: it is swept when they
are forgotten (`forgetting.TREATMENT` says how), and told by its place when they ask for what is held (`person_export`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, or_

from kypek_sync.ledger.calendar_tables import calendar_feeds
from kypek_sync.ledger.care_tables import pins, setbacks
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.ruling_tables import rulings
from kypek_sync.ledger.session_tables import reminder_stops
from kypek_sync.ledger.tables import (
    applications,
    claims,
    decisions,
    findings,
    intents,
    memberships,
    outbox,
    people,
    person_changes,
    person_keys,
    person_units,
    presence,
    seats,
)
from kypek_sync.ledger.todo_tables import todos


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """Records about one person alone. `columns` say who, by login or by an id of ours. `deleted`: they go when the
    person is forgotten; else they stay as a figure under an opaque word. `label` is their heading in an export, in
    Greek because its reader is the person; empty where it is told in words of its own."""

    table: Table
    columns: tuple[str, ...]
    deleted: bool
    label: str = ""

    def about(self, names: Iterable[str]) -> ColumnElement[bool]:
        """The rows about the person with these logins and ids."""
        mine = sorted(names)
        return or_(*(self.table.c[column].in_(mine) for column in self.columns))


OWN = (
    OwnRecords(applications, ("login",), False, "αιτήσεις"),
    OwnRecords(seats, ("login",), False, "θέσεις"),
    OwnRecords(decisions, ("login",), False, "αποφάσεις για θέσεις"),
    OwnRecords(intents, ("login",), False, "αλλαγές που ζητήθηκαν από πλατφόρμες"),
    OwnRecords(claims, ("login",), True, "εγγραφές που κάναμε εμείς"),
    OwnRecords(memberships, ("login",), True, "συμμετοχή σε μαθήματα"),
    OwnRecords(outbox, ("login", "person"), True, "μηνύματα"),
    OwnRecords(presence, ("who",), False, "παρουσίες σε αίθουσες"),
    OwnRecords(pins, ("login",), True, "καρφιτσωμένα"),
    OwnRecords(setbacks, ("login",), True, "αλλαγές που δεν πέτυχαν"),
    OwnRecords(findings, ("subject",), True, "ευρήματα"),
    OwnRecords(identity_decisions, ("login", "person"), True, "αποφάσεις για την ταυτότητα"),
    OwnRecords(todos, ("login",), True, "εκκρεμότητες σε πλατφόρμες"),
    OwnRecords(rulings, ("login", "person"), True, "αποφάσεις υπευθύνων για θέσεις"),
    OwnRecords(calendar_feeds, ("login", "person"), True, "προσωπικό ημερολόγιο"),
    OwnRecords(reminder_stops, ("person",), True, "διακοπή υπενθυμίσεων"),
    OwnRecords(person_changes, ("person",), True, "αλλαγές στον κατάλογο"),
    OwnRecords(person_units, ("person",), True, "πού υπηρετεί"),
    OwnRecords(person_keys, ("person",), True),
    OwnRecords(people, ("id",), True),
)
"""In the order in which they are told; what others refer to is deleted last."""

AMONG_OTHERS = ("approvals", "holds", "journal", "journal_people", "pauses", "session_rulings")
"""Tables with a column that says who, and no records about one person: who decided something, and the journal, which
has its own way of forgetting."""
