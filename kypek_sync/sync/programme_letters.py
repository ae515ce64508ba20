"""The programme of the next three months, mailed to the schools of a KYPEK: prepared once a month, each school once.

The first that a KYPEK sends waits for a person in one hold for the whole mailing (design, rule 6): its words and the
number of schools are what is approved. From then on a month's mailing goes out as it is prepared. It is prepared in one
transaction, and each school has a row of its own in the outbox (rule 15): a crash in the middle loses and doubles none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from babel.dates import format_date
from sqlalchemy import Connection

from kypek_sync.contract import Change, Target, Verb, capitals
from kypek_sync.language import Sentence
from kypek_sync.ledger import holds, mailings, outbox
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.mailings import Mailing
from kypek_sync.ledger.outbox import Notice, Row
from kypek_sync.ledger.schools import every_unit
from kypek_sync.model import Person, PersonKind, Unit, local
from kypek_sync.notices.programme_letter import FACT, PROGRAMME, Leaflet, Line, Month, leaflet_of
from kypek_sync.seminar import serving as rules
from kypek_sync.sync.applying.holding import approved_changes, guarded
from kypek_sync.sync.directory import serving
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.passing import Pass
from kypek_sync.sync.planning.guard import Held
from kypek_sync.sync.three_months import Programme, programme
from kypek_sync.sync.three_months_words import months

CAUSE = f"{PROGRAMME}:"
FIRST = "first-programme"
"""The guard of the first."""
NO_SCHOOLS = frozenset({"directorate", "office", "library"})
OFFICES = ("ΔΙΕΥΘΥΝΣ", "ΠΕΡΙΦΕΡΕΙΑΚ", "ΓΡΑΦΕΙ")
"""So begin the names of offices, and of containers above them, of which the directory tells no kind."""
LATE = timedelta(days=10)
"""So long after its day a month's mailing is still begun by itself: a server that was off costs no month."""
_WHY = Sentence.of("It is the first programme that would be mailed to the schools; the next ones follow by themselves.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What preparing a month's mailing did. `leaflet` is None where the programme is empty: nothing is sent then. `put`
    letters are new in the outbox, `before` were there; schools of one address have one. `without` have none."""

    month: int
    leaflet: Leaflet | None
    put: int = 0
    before: int = 0
    without: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the latest mailing stands: how many letters of it were `sent` and are not yet. `awaited`: the day of the
    present month's has passed, and there was nothing to send; then the others are those of an earlier month, or none.
    """

    month: int
    sent: int
    unsent: int
    released: bool
    awaited: bool


def standing(connection: Connection, inst: Installation, kypek: str) -> Standing | None:
    """As `status` tells it; None where there is nothing to tell."""
    its, when, here = mailings.last(connection, kypek), inst.kypek(kypek).monthly_programme, local(inst.clock())
    awaited = when is not None and (here.day, here.hour) >= (when.day, when.hour)
    awaited = awaited and (its is None or its.month < month_of(here))
    if its is None:
        return Standing(0, 0, 0, False, awaited) if awaited else None
    letters = outbox.of_cause(connection, kypek, CAUSE, its.month)
    sent = sum(row.sent is not None for row in letters)
    return Standing(its.month, sent, len(letters) - sent, its.released is not None, awaited)


def month_of(now: datetime) -> int:
    """The month by a calendar in Greece, as `202610`."""
    here = local(now)
    return here.year * 100 + here.month


def schools(connection: Connection, inst: Installation, kypek: str) -> tuple[Unit, ...]:
    """The active schools that a KYPEK serves, by their id."""
    directory = inst.kypek(kypek).directory
    units = tuple(every_unit(connection, directory)) if directory else ()
    land = serving.land(connection, inst, directory, units)
    served = (unit for unit in units if unit.active and unit.kind not in NO_SCHOOLS and not _is_office(unit))
    return tuple(unit for unit in served if rules.place(unit, land).kypek == kypek)


def _is_office(unit: Unit) -> bool:
    return not unit.kind and capitals(unit.name).startswith(OFFICES)


def leaflet(connection: Connection, inst: Installation, kypek: str) -> Leaflet | None:
    """The programme as it would be mailed now; None if it is empty."""
    now = programme(connection, inst, kypek)
    entry, language = inst.kypek(kypek), inst.loaded.settings.language
    those = tuple(
        Month(
            month.name,
            tuple(
                Line(
                    f"{one.title} – {one.part}" if one.part else one.title,
                    *(one.structure, one.day, one.hours, one.where, one.topic, one.cancelled),
                    page=f"{now.address.removesuffix(f'/programme/{kypek}')}/s/{one.code}",
                )
                for one in month.lines
            ),
        )
        for month in months(now, inst.text, language)
    )
    if all(line.cancelled for month in those for line in month.lines):
        return None
    return Leaflet(entry.name, entry.mail, entry.letterhead, _period(now, language), now.address, those, inst.clock())


def prepare(connection: Connection, inst: Installation, kypek: str) -> Prepared:
    """Prepare this month's mailing, or go on with it: schools that have no letter of it yet get one. What was prepared
    and not released is prepared anew, with the programme as it is now. Call it in a transaction of its own."""
    now = inst.clock()
    month = month_of(now)
    known = mailings.of_month(connection, kypek, month)
    if known is not None and known.released is not None:
        its: Leaflet | None = leaflet_of(known.content)
    else:
        its = leaflet(connection, inst, kypek)
        if its is None:
            return Prepared(month, None)
        if known is None or not _same(leaflet_of(known.content), its):
            mailings.keep(connection, kypek, month, its.stored, now)
    _take_back_earlier(connection, kypek, month)
    those = schools(connection, inst, kypek)
    had = {row.notice.person for row in outbox.of_cause(connection, kypek, CAUSE, month)}
    firsts = [next((one for one in some if _mark(one) in had), some[0]) for some in _by_address(those)]
    letters = [_letter(inst, kypek, unit, month) for unit in firsts]
    put = outbox.put_all(connection, letters, inst.host, now)
    return Prepared(month, its, put, len(letters) - put, tuple(unit for unit in those if not unit.mail))


def prepare_if_due(this: Pass) -> None:
    """What a pass of the mail lane does of itself: begin the month's mailing on its day. Not while all mail goes to one
    address: the schools would get nothing, and have had it."""
    inst, entry, now = this.inst, this.inst.kypek(this.kypek), this.inst.clock()
    when = entry.monthly_programme
    if when is None or this.dry or entry.all_mail_to:
        return
    here = local(now)
    day = here.replace(day=when.day, hour=when.hour, minute=0, second=0, microsecond=0)
    if not day <= here < day + LATE:
        return
    with inst.ledger.begin() as connection:
        if mailings.of_month(connection, this.kypek, month_of(now)) is None:
            this.report.counts["programmes to schools"] = prepare(connection, inst, this.kypek).put


def released(this: Pass, connection: Connection, system: str) -> bool:
    """Whether letters of the latest mailing may go out where every notice may: the first waits for a person. None while
    all mail goes to one address, as no school would have had what counts as sent."""
    its = mailings.last(connection, this.kypek)
    if its is None or this.inst.kypek(this.kypek).all_mail_to:
        return False
    first = its.released is None and not mailings.ever_released(connection, this.kypek)
    wanted = change(connection, this.kypek, system) if first else None
    if wanted is not None or _held(connection, this.kypek):
        held = (Held(FIRST, "", system, (wanted,), _WHY),) if wanted is not None else ()
        approved = wanted is not None and wanted.bare in approved_changes(this, connection)
        guarded(this, connection, (), frozenset({(system, "")}), {}, held)
        return release(this, connection, approved or wanted is None)
    return its.released is not None or release(this, connection, True)


def release(this: Pass, connection: Connection, may: bool) -> bool:
    """Let the latest mailing go out for good, if it `may`; whether it is out."""
    its = mailings.last(connection, this.kypek)
    if its is not None and may and its.released is None:
        mailings.release(connection, this.kypek, its.month, this.inst.clock())
    return its is not None and (may or its.released is not None)


def change(connection: Connection, kypek: str, system: str) -> Change | None:
    """The mailing that was not released, as the one change that a person can approve: what goes to how many schools."""
    its = mailings.last(connection, kypek)
    if its is None or its.released is not None:
        return None
    count = len(outbox.of_cause(connection, kypek, CAUSE, its.month))
    words = sha256(its.content.encode()).hexdigest()[:16]
    after = (("kind", PROGRAMME), ("schools", str(count)), ("words", words))
    return Change(Verb.SEND_MAIL, Target(system, "", f"{PROGRAMME} {its.month}"), (), after)


def as_they_go(connection: Connection, kypek: str, rows: Iterable[Row]) -> list[Row]:
    """These letters with their programme."""
    found, kept = [], dict[int, Mailing | None]()
    for row in rows:
        if row.notice.kind == PROGRAMME:
            month = row.notice.version
            if month not in kept:
                kept[month] = mailings.of_month(connection, kypek, month)
            its = kept[month]
            facts = (*row.notice.facts, *(((FACT, its.content),) if its is not None else ()))
            found.append(replace(row, notice=replace(row.notice, facts=facts)))
        else:
            found.append(row)
    return found


def addressees(connection: Connection, inst: Installation, kypek: str, rows: Iterable[Row]) -> dict[str, Person]:
    """The schools to which these letters go, as those whom a letter addresses: all that read it there by name."""
    if not any(row.notice.kind == PROGRAMME for row in rows):
        return {}
    together = {
        unit.id: ", ".join(one.name for one in some)
        for some in _by_address(schools(connection, inst, kypek))
        for unit in some
    }
    those = every_unit(connection, inst.kypek(kypek).directory)
    return {
        _mark(unit): Person(unit.id, together.get(unit.id, unit.name), "", unit.mail, PersonKind.SCHOOL_ACCOUNT)
        for unit in those
    }


def _by_address(those: Iterable[Unit]) -> list[list[Unit]]:
    """The schools that have an address, those of one address together: a letter each, not one for each school."""
    found: dict[str, list[Unit]] = {}
    for unit in those:
        if unit.mail:
            found.setdefault(unit.mail.strip().lower(), []).append(unit)
    return list(found.values())


def _letter(inst: Installation, kypek: str, unit: Unit, month: int) -> Notice:
    facts = (("centre", inst.kypek(kypek).name),)
    return Notice(kypek, _mark(unit), unit.id[:200], CAUSE, month, PROGRAMME, facts)


def _mark(unit: Unit) -> str:
    """A school as the outbox names it; its id may be longer than that has room for."""
    return f"unit:{sha256(unit.id.encode()).hexdigest()[:26]}"


def _same(known: Leaflet, its: Leaflet) -> bool:
    return replace(known, made=its.made) == its


def _take_back_earlier(connection: Connection, kypek: str, month: int) -> None:
    """Letters of an earlier month that nobody got: this one says it all."""
    unsent = {row.notice.version for row in outbox.unsent(connection, kypek) if row.notice.kind == PROGRAMME}
    if unsent - {month}:
        outbox.take_back(connection, kypek, PROGRAMME)


def _held(connection: Connection, kypek: str) -> bool:
    """Whether a hold of the first is still open, or approved and not yet over."""
    those = holds.listed(connection, kypek, states=(HoldState.OPEN, HoldState.APPROVED))
    return any(hold.guard == FIRST for hold in those)


def _period(its: Programme, language: str) -> str:
    """Its first and its last day."""
    locale = "en_GB" if language == "en" else language
    first, until = its.window.first, its.window.until - timedelta(days=1)
    return f"{format_date(first, 'd MMMM y', locale=locale)} – {format_date(until, 'd MMMM y', locale=locale)}"
