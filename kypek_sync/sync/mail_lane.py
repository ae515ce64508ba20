"""The mail lane: what waits in the outbox goes out, as far as the mode, a pause or an approval lets it.

In quiet hours only what is urgent goes out, and in a minute no more than the settings allow.
With `propose` every notice waits for a person, in a hold for each seminar. With `observe`, or while the connector is
paused, they wait in the outbox and are counted.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Change, Mail, Target, Verb
from kypek_sync.ledger import holds, outbox, persons, runs
from kypek_sync.ledger.outbox import Row
from kypek_sync.model import Person
from kypek_sync.notices.delivery import deliver
from kypek_sync.notices.folding import letters_of
from kypek_sync.notices.programme_letter import PROGRAMME
from kypek_sync.seminar.quiet import Quiet
from kypek_sync.settings import Mode
from kypek_sync.sync import programme_letters
from kypek_sync.sync.applying.holding import guarded
from kypek_sync.sync.passing import Pass
from kypek_sync.sync.seats.letters import as_they_go
from kypek_sync.sync.seats.reminders import put_reminders

MINUTE, EARLY = timedelta(minutes=1), timedelta(seconds=5)
"""A pass is due each minute, and may begin so much before its time."""

SCHOOLS_AT_ONCE = 100
"""Letters to schools in one pass: what people wait for is never behind a thousand of them."""


def send(this: Pass) -> None:
    """One pass: deliver what is due."""
    inst, entry = this.inst, this.inst.kypek(this.kypek)
    programme_letters.prepare_if_due(this)
    mail, mode, now = inst.connectors.mail(this.kypek), inst.modes().get(entry.post, Mode.OBSERVE), inst.clock()
    with inst.ledger.begin(keep=not this.dry) as connection:
        put_reminders(connection, inst, this.kypek)
        this.report.counts["notices due"] = len(outbox.due(connection, this.kypek, now))
        paused = frozenset(this.paused.seminars)
        rows = outbox.due(connection, this.kypek, now, without=paused, other_than=PROGRAMME)
        to_schools = False
        if mode is Mode.PROPOSE:
            rows, to_schools = _approved(this, connection, entry.post, rows)
        elif mode is Mode.APPLY:
            to_schools = programme_letters.released(this, connection, entry.post)
        if to_schools:
            rows += outbox.due(connection, this.kypek, now, SCHOOLS_AT_ONCE, kind=PROGRAMME)
        rows = _within_the_rate(this, connection, _of_this_hour(this, rows))
        rows = as_they_go(connection, inst, this.kypek, rows)
        rows = programme_letters.as_they_go(connection, this.kypek, rows)
        known = _addressees(connection, entry.directory, rows)
        known |= programme_letters.addressees(connection, inst, this.kypek, rows)
    if entry.post in this.paused.connectors or mode is Mode.OBSERVE:
        return
    if not isinstance(mail, Mail) or this.dry or not rows or inst.shut(entry.post) is not None:
        return
    overrides = inst.overrides()
    result = deliver(
        *(inst.ledger.unfenced, this.kypek, mail, known, inst.text, inst.clock, this.still_ours),
        rows=rows,
        all_to=entry.all_mail_to,
        language=inst.loaded.settings.language,
        overrides=overrides,
    )
    this.report.problems += [trouble.said(inst.text) for trouble in overrides.troubles.values()]
    this.report.counts |= {"mails sent": result.sent, "mails refused": result.refused, "mails later": result.later}
    inst.heard(entry.post, result.failures, answers=result.sent + result.refused)
    if result.problem:
        this.report.problems.append(result.problem)


def _of_this_hour(this: Pass, rows: list[Row]) -> list[Row]:
    """In quiet hours only what cannot wait for the morning."""
    said = this.inst.loaded.settings.letters
    if not Quiet(said.quiet_from, said.quiet_until, frozenset(said.quiet_days)).covers(this.inst.clock()):
        return rows
    urgent = [row for row in rows if row.notice.urgent]
    if len(urgent) < len(rows):
        this.report.counts["mails quiet"] = len(rows) - len(urgent)
    return urgent


def _within_the_rate(this: Pass, connection: Connection, rows: list[Row]) -> list[Row]:
    """As many letters as may still go out in this minute, by whatever KYPEK that uses the same server; the rest
    waits. The minute of a letter begins with the pass that sends it: by its own moment the last ones of a pass would
    still count when the next one begins, and every second minute nothing would go out."""
    most, inst = this.inst.loaded.settings.letters.per_minute, this.inst
    if not most or not rows:
        return rows
    post = inst.kypek(this.kypek).post
    sharing = [one for one, entry in inst.loaded.settings.kypeks.items() if entry.post == post]
    since = runs.first_since(connection, sharing, this.lane, inst.clock() - MINUTE + EARLY) or inst.clock()
    left = max(most - outbox.sent_since(connection, sharing, since), 0)
    letters = letters_of(rows)
    if len(letters) > left:
        this.report.counts["mails rationed"] = len(letters) - left
    return [row for those in letters[:left] for row in those]


def _addressees(connection: Connection, directory: str, rows: list[Row]) -> dict[str, Person]:
    """Those to whom notices go, by our id; by login those whom a notice names by it alone."""
    if not directory:
        return {}
    named = {row.notice.person for row in rows}
    found = persons.persons(connection, directory, named) | persons.persons_by_id(connection, directory, named)
    return {name: known.person for name, known in found.items()}


def _approved(this: Pass, connection: Connection, system: str, due: list[Row]) -> tuple[list[Row], bool]:
    """Of the notices that are due those that a person approved, and whether the programme may go to the schools; the
    others wait in holds. What was tried and is to be tried again later is still wanted: its approval stands."""
    unsent = [row for row in outbox.unsent(connection, this.kypek) if row.notice.kind != PROGRAMME]
    changes = {row.id: _change(system, row) for row in unsent}
    mailing = programme_letters.change(connection, this.kypek, system)
    every = (*changes.values(), *((mailing,) if mailing is not None else ()))
    wanted = {(system, change.target.seminar) for change in every}
    known = {(hold.system, hold.seminar) for hold in holds.listed(connection, this.kypek) if hold.system == system}
    passed = set(guarded(this, connection, every, frozenset(wanted | known), {}))
    out = programme_letters.release(this, connection, mailing is None or mailing in passed)
    return [row for row in due if changes[row.id] in passed], out


def _change(system: str, row: Row) -> Change:
    """A notice as a change that a person can approve: which text goes to whom about which seminar."""
    notice = row.notice
    target = Target(system, notice.cause.partition(":")[2], f"{notice.cause} {notice.version}", notice.login)
    return Change(Verb.SEND_MAIL, target, (), (("kind", notice.kind),))
