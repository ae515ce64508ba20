"""How an officer writes a plan down: columns of the two sheets, values as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from kypek_sync.sandbox.scenario.plans import ATHENS, Audience, SeminarPlan, SessionPlan

SEMINARS_SHEET, SESSIONS_SHEET = "Σεμινάρια", "Συνεδρίες"
SEMINAR_COLUMNS = (
    *("Κωδικός", "Τίτλος", "Περιγραφή", "Μορφή", "Θέσεις", "Ελάχιστος αριθμός", "Ώρες", "Ειδικότητες", "Διευθύνσεις"),
    *("Τύποι μονάδων", "Σχολεία", "Ρόλοι", "Άτομα", "Έναρξη αιτήσεων", "Λήξη αιτήσεων", "Επιμορφωτές", "Πλατφόρμα"),
    *("Υπάρχον μάθημα", "Μαθήματα-καθρέφτες", "Κατάσταση"),
)
SESSION_COLUMNS = (
    *("Κωδικός σεμιναρίου", "Αριθμός", "Ημερομηνία", "Ώρα έναρξης", "Ώρα λήξης", "Μορφή", "Χώρος", "Θέμα"),
    "Κατάσταση",
)
Value = str | int | date | time | None
_KINDS = {"dim": "Δημοτικά", "nip": "Νηπιαγωγεία", "gym": "Γυμνάσια", "lyk": "Λύκεια", "epal": "ΕΠΑΛ"}
_ROLES = {"principal": "Διευθυντές/ντριες"}
_DIRECTORATES = {"att-a": "Α΄ Αθήνας"}
_LEVELS = {"ΠΕ": "Δ.Π.Ε. ", "ΔΕ": "Δ.Δ.Ε. ", "": ""}


def seminar_row(plan: SeminarPlan) -> dict[str, Value]:
    """One line of the sheet of seminars, by column; what is not said is None."""
    values: Sequence[Value] = (
        *(plan.code, plan.title, plan.description, plan.form, plan.seats, plan.minimum, plan.hours),
        ", ".join(plan.audience.specialties),
        _directorate(plan.audience),
        ", ".join(_KINDS[stem] for stem in plan.audience.stems),
        "",
        _ROLES.get(plan.audience.role, ""),
        ", ".join(plan.audience.logins),
        *(_day(plan.opens.astimezone(ATHENS).date()), _day(plan.closes.astimezone(ATHENS).date())),
        "; ".join(plan.trainers),
        *(plan.platform, plan.course_address, ", ".join(plan.mirrors), plan.status),
    )
    return {column: value or None for column, value in zip(SEMINAR_COLUMNS, values, strict=True)}


def session_row(plan: SeminarPlan, session: SessionPlan) -> dict[str, Value]:
    """One line of the sheet of sessions, by column; the date is a date and hours are hours."""
    starts, ends = session.starts.astimezone(ATHENS), session.ends.astimezone(ATHENS)
    values: Sequence[Value] = (
        *(plan.code, session.number, starts.date(), starts.time(), ends.time()),
        *(session.form, session.place or None, session.topic, session.status or None),
    )
    return dict(zip(SESSION_COLUMNS, values, strict=True))


def shown(value: Value) -> str | int | None:
    """A value as one types it: 12/3/2027, 17:00."""
    if isinstance(value, date):
        return _day(value)
    return f"{value:%H:%M}" if isinstance(value, time) else value


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _directorate(audience: Audience) -> str:
    return _LEVELS[audience.level] + _DIRECTORATES[audience.label] if audience.label else ""
