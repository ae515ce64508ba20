"""The tickets lane: each open case has one ticket, updated in place, closed with a note when its cause is cured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import OLD_EXPORT, Change, Helpdesk, Outcome, Receipt, Target, TicketDraft, Verb
from kypek_sync.ledger import breakers, cases, clock_ahead, cursors, holds, reads, runs, seats, setbacks
from kypek_sync.ledger.cases import Filed, fingerprint
from kypek_sync.ledger.reads import LastRead
from kypek_sync.model import SeatState, TicketState, local
from kypek_sync.seminar.cases import UNKNOWN_PEOPLE, Case, InPart, Lift, OldExport, OpenHold, Refusal, Stopped, Stranger
from kypek_sync.seminar.cases import cases as find_cases
from kypek_sync.sync.applying.apply import Call
from kypek_sync.sync.directory.due import AGAIN
from kypek_sync.sync.directory.fields import groups_lost, numbers_lost
from kypek_sync.sync.directory.reminding import remind
from kypek_sync.sync.directory.scopes import last_reads, reads_export, replaced
from kypek_sync.sync.directory.unread import unread
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.plan import ordered
from kypek_sync.sync.platform_cases import of_platforms, tell_administrators, told_to_sign_in
from kypek_sync.sync.report import LaneReport

_DONE_WITH = (TicketState.RESOLVED, TicketState.CLOSED)
FAILS_FOR = timedelta(minutes=30)
"""A connector that failed for this long deserves a case even if it may come back by itself."""
IN_PART_FOR = timedelta(days=1)
"""For so long a directory that is to be read in full may show only a part without a case."""


@dataclass(frozen=True, slots=True)
class TicketsDecided:
    """The plan and the cases it is about, by reference."""

    changes: tuple[Change, ...]
    filed: dict[str, Filed]
    looked: frozenset[tuple[str, str]] = frozenset()


def file_cases(connection: Connection, inst: Installation, kypek: str) -> None:
    """Bring the cases up to date with what the ledger knows now."""
    strangers = []
    names = seats.names(connection, kypek)
    standing = seats.standing(connection, kypek)
    directory = inst.kypek(kypek).directory
    waits = unread(connection, inst, directory)
    for code, those in seats.decided(connection, kypek).items():
        systems = {login: system for system, login, _ in standing.get(code, {})}
        strangers += [
            Stranger(s.login, names.get((code, s.login), ""), code, systems.get(s.login, ""))
            for s in those.values()
            if waits is None and s.state is SeatState.UNDER_IDENTIFICATION  # unread is not empty
        ]
    waiting = [
        OpenHold(h.id, h.guard, h.system, h.seminar, len(h.changes))
        for h in holds.listed(connection, kypek)
        if h.guard not in ("mode", holds.UNDO)
    ]
    stopped = _stopped(connection, inst, kypek)
    old = _old_exports(connection, inst, kypek)
    refused = _refusals(connection, kypek, inst.clock())
    in_part = [] if old else _in_part(connection, inst, kypek)
    found = find_cases(kypek, strangers, refused, waiting, inst.text, stopped, old, in_part)
    kept = _unproven(connection, kypek) if waits is not None else []
    cases.record(connection, kypek, [*found, *kept, *of_platforms(connection, inst, kypek)], inst.clock())


def _unproven(connection: Connection, kypek: str) -> list[Case]:
    """Open cases that only a directory can close, while it has shown nobody: as they were."""
    return [
        one.case for one in cases.listed(connection, kypek) if one.case.kind == UNKNOWN_PEOPLE and one.cured is None
    ]


def _refusals(connection: Connection, kypek: str, now: datetime) -> list[Refusal]:
    """What systems refuse to the seats lane until a person acts: its setbacks. One that no pass could look at again, or
    that got no clear answer since, stays; one that nobody wants any more is gone from them. Who was told lately to sign
    in there once is waited for."""
    waited_for = told_to_sign_in(connection, kypek, now)
    return [
        Refusal(s.target.system, s.target.seminar, s.verb.value, s.target.login or s.target.object, s.message)
        for s in setbacks.listed(connection, kypek, lane="seats")
        if s.outcome is Outcome.REFUSED and (s.target.system, s.target.seminar, s.target.login) not in waited_for
    ]


def _old_exports(connection: Connection, inst: Installation, kypek: str) -> list[OldExport]:
    """The directory of this KYPEK, where its last read told that its export is too old. One that several KYPEKs share
    is told by the first of them."""
    if not (system := _to_be_told_of(inst, kypek)) or not reads_export(inst, system):
        return []
    told = any(finding.code == OLD_EXPORT for _, finding in reads.listed_findings(connection, system))
    return [OldExport(system)] if told else []


def _in_part(connection: Connection, inst: Installation, kypek: str) -> list[InPart]:
    """The same of one whose every full read, since more than a day after the next one was due, proved nothing: a size
    limit, a right that was taken away, fewer people than may vanish at once. Nothing else tells of it but `status`."""
    system, now = _to_be_told_of(inst, kypek), inst.clock()
    until = clock_ahead.blocked_until(connection, system, now) if system else None
    if until is not None and until - now >= AGAIN:
        return [InPart(system, until, (Lift.CLOCK,))]
    stands = cursors.standing(connection, system)
    if stands.full_at is None or stands.tried_at is None or replaced(connection, inst, system):
        return []
    last = [one for one in last_reads(connection, inst, system) if not one.complete]
    since, units = stands.full_at, stands.tried_at <= stands.full_at
    if units:  # what is not whole now are the units alone
        good = [one.good_as_of for one in last if one.good_as_of is not None]
        since = min(good, default=now)
    due = since + inst.loaded.settings.directory_rules.full_every
    return [InPart(system, since, _lifts(last), units)] if now - due >= IN_PART_FOR else []


def _lifts(last: Sequence[LastRead]) -> tuple[Lift, ...]:
    """What a person can say about reads of a directory that were partial, where they are right all the same."""
    found = {Lift.SMALLER} if any(one.doubt == reads.SIZE for one in last) else set()
    if any(numbers_lost(one.why_partial) for one in last):
        found.add(Lift.NUMBERS)
    if any(groups_lost(one.why_partial) for one in last):
        found.add(Lift.GROUPS)
    return tuple(sorted(found))


def _to_be_told_of(inst: Installation, kypek: str) -> str:
    """The directory of a KYPEK, if it is the first of those that share it; else nothing."""
    system, kypeks = inst.kypek(kypek).directory, inst.loaded.settings.kypeks
    return system if system and min(each for each in kypeks if kypeks[each].directory == system) == kypek else ""


def _stopped(connection: Connection, inst: Installation, kypek: str) -> list[Stopped]:
    """Connectors of this KYPEK that need a person, or have failed for long. One that several KYPEKs use is told by the
    first of them, so that one cause has one ticket."""
    now, kypeks = inst.clock(), sorted(inst.loaded.settings.kypeks)
    found = []
    for one in breakers.listed(connection):
        tells = next((each for each in kypeks if one.system in inst.used_by(each)), kypeks[0])
        if tells == kypek and (one.stopped or (one.opened is not None and now - one.opened >= FAILS_FOR)):
            found.append(Stopped(one.system, one.message))
    return found


def decide(connection: Connection, inst: Installation, kypek: str, report: LaneReport) -> TicketsDecided:
    """File the cases and plan their tickets. Without a helpdesk the cases are kept and shown."""
    file_cases(connection, inst, kypek)
    tell_administrators(connection, inst, kypek)
    remind(connection, inst, kypek)
    filed = {f.case.ref: f for f in cases.listed(connection, kypek)}
    report.counts["open cases"] = sum(f.cured is None for f in filed.values())
    system = inst.kypek(kypek).helpdesk
    if not system:
        return TicketsDecided((), filed)
    changes = []
    ledger_now = inst.text("our ledger as of %(when)s", when=f"{local(inst.clock()):%d/%m/%Y %H:%M}")
    unsure = _unsure(connection, kypek, filed, inst.clock())
    for ref, one in filed.items():
        target = Target(system, one.case.seminar, ref)
        because = (
            one.case.subject,
            inst.text("case %(ref)s, version %(version)s", ref=ref, version=one.version),
            ledger_now,
        )
        if one.cured is None and (not one.ticket or one.ticket_state in _DONE_WITH):
            changes.append(Change(Verb.OPEN_TICKET, target, (), (("version", str(one.version)),), because))
        elif one.cured is None and one.written != fingerprint(one.case):
            changes.append(Change(Verb.NOTE_TICKET, target, (), (("text", fingerprint(one.case)),), because))
        elif one.cured is not None and (one.ticket or ref in unsure) and one.ticket_state not in _DONE_WITH:
            changes.append(Change(Verb.CLOSE_TICKET, target, (("state", "open"),), (("state", "resolved"),), because))
    return TicketsDecided(ordered(changes), filed, frozenset((system, f.case.seminar) for f in filed.values()))


def _unsure(connection: Connection, kypek: str, filed: Mapping[str, Filed], now: datetime) -> frozenset[str]:
    """References of cases whose ticket may exist without our knowing its number. Other intents without an answer need
    no looking: what is still wanted is asked for again, and the helpdesk knows it by its reference."""
    unclear = runs.open_intents(connection, kypek, (Verb.OPEN_TICKET, Verb.NOTE_TICKET, Verb.CLOSE_TICKET))
    unsure = {
        deed.intent: deed.change.target.object
        for deed in unclear
        if deed.change.verb is Verb.OPEN_TICKET and _may_exist(filed.get(deed.change.target.object))
    }
    runs.settle(connection, [deed.intent for deed in unclear if deed.intent not in unsure], now)
    return frozenset(unsure.values())


def _may_exist(one: Filed | None) -> bool:
    return one is not None and not one.ticket and one.ticket_state not in _DONE_WITH


def calls(inst: Installation, kypek: str, decided: TicketsDecided, helpdesk: Helpdesk) -> dict[Verb, Call]:
    """How tickets are opened, noted and closed."""
    queue, text = inst.kypek(kypek).queue, inst.text

    def mirror(one: Filed, ticket: str, state: TicketState) -> None:
        with inst.ledger.begin() as connection:
            cases.mirror(connection, kypek, one.case.ref, ticket=ticket, state=state, written=fingerprint(one.case))

    def note_key(one: Filed, kind: str) -> str:
        return f"{one.case.ref}:{one.version}:{kind}"

    def open_one(one: Filed) -> Receipt:
        draft = TicketDraft(one.case.ref, queue, one.case.subject, one.case.body, seminar=one.case.seminar)
        receipt = helpdesk.ensure(draft)
        if not receipt.stands:
            return receipt
        if one.ticket and one.ticket_state in _DONE_WITH:  # it comes back: the same ticket, reopened
            helpdesk.note(
                receipt.foreign_id, note_key(one, "again"), text("It has come back.") + "\n\n" + one.case.body
            )
            reopened = helpdesk.set_state(receipt.foreign_id, TicketState.OPEN)
            if not reopened.stands:
                return reopened
        mirror(one, receipt.foreign_id, TicketState.OPEN)
        return receipt

    def note_one(one: Filed) -> Receipt:
        receipt = helpdesk.note(one.ticket, note_key(one, fingerprint(one.case)), one.case.body)
        if receipt.stands:
            mirror(one, one.ticket, one.ticket_state or TicketState.OPEN)
        return receipt

    def close_one(one: Filed) -> Receipt:
        ticket = one.ticket or next((found.id for found in helpdesk.find(one.case.ref)), "")
        if not ticket:  # opening it got no answer, and it was not opened
            mirror(one, "", TicketState.RESOLVED)
            return Receipt(Outcome.ALREADY, detail="There is no ticket to close.")
        helpdesk.note(ticket, note_key(one, "cured"), text("The cause is gone; nothing more is needed."))
        receipt = helpdesk.set_state(ticket, TicketState.RESOLVED)
        if receipt.stands:
            mirror(one, ticket, TicketState.RESOLVED)
        return receipt

    def each(work: Callable[[Filed], Receipt]) -> Call:
        return lambda changes: [work(decided.filed[change.target.object]) for change in changes]

    return {Verb.OPEN_TICKET: each(open_one), Verb.NOTE_TICKET: each(note_one), Verb.CLOSE_TICKET: each(close_one)}
