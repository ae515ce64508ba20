"""A plan in words: what every form of it (terminal, Markdown, HTML) says, in one language and one order."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kypek_sync.cli.foreign_words import reason_worded, worded
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import when
from kypek_sync.contract import Change
from kypek_sync.language import Text
from kypek_sync.ledger.plans import Plan, Stand, Standing
from kypek_sync.ledger.runs import Run
from kypek_sync.sync.report import LaneReport

LANES = {
    "directory": "Directory",
    "seats": "Seats and courses",
    "rooms": "Rooms",
    "tickets": "Tickets",
    "mail": "Mail",
}

VERBS = {
    "application.withdraw": "withdraw application",
    "course.create": "create course",
    "course.adopt": "adopt course",
    "course.update": "update course",
    "group.create": "create group",
    "enrolment.add": "enrol",
    "enrolment.remove": "unenrol",
    "enrolment.resume": "let in again",
    "enrolment.suspend": "suspend",
    "membership.add": "add to group",
    "membership.remove": "take out of group",
    "cohort.add": "add to cohort",
    "cohort.remove": "take out of cohort",
    "announcement.add": "announce",
    "announcement.update": "change announcement",
    "event.add": "put date into calendar",
    "event.remove": "take date out of calendar",
    "room.open": "open room",
    "room.end": "end room",
    "ticket.open": "open ticket",
    "ticket.note": "add note to ticket",
    "ticket.close": "close ticket",
    "mail.send": "send mail",
}

KEYS = {
    "active": "active",
    "address": "address",
    "application": "application",
    "category": "category",
    "cohort": "cohort",
    "description": "description",
    "ends": "ends",
    "event": "number of the date",
    "group": "group",
    "name": "name",
    "ref": "reference",
    "role": "role",
    "starts": "starts",
    "state": "state",
    "text": "text",
    "title": "title",
    "version": "version",
}
"""What a change is from and to, by the words of `before` and `after`."""

ROLES = {"student": "student", "trainer": "trainer", "assistant": "assistant", "other": "other role"}
MOMENTS = frozenset({"starts", "ends"})

HEADINGS = {
    Stand.FREE: "To be made",
    Stand.HELD: "Waits for a person",
    Stand.REJECTED: "Rejected by a person",
    Stand.PINNED: "Left alone: pinned",
    Stand.PAUSED: "Left alone: paused",
    Stand.RESTING: "Left alone: rests after a setback",
}

COLUMNS = ("Change", "System", "Seminar", "What", "Who", "Before", "After", "Because")

JOIN = " · "
"""Between reasons: a semicolon would ask a question in Greek."""

DIGITS = 12
"""So many letters of a fingerprint are shown: enough to tell two apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words, a cell for each of `COLUMNS` but the last; `because` are its reasons in order."""

    cells: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Changes that stand alike. `heading` says how, `why` for which cause (or nothing), `step` what to do."""

    heading: str
    why: str
    step: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The plan of one pass: `heading` names KYPEK and lane; `problems` and `notes` are what was not read or kept
    back, so that nobody takes the plan for the whole."""

    heading: str
    hash: str
    blocks: tuple[Block, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole plan in words. `facts` are sentences below the title."""

    title: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]


def sheet(reports: Sequence[LaneReport], text: Text) -> Sheet:
    """The plan that a dry pass made, of every lane that wants something or could not look."""
    sections = tuple(
        _section(
            report.kypek,
            report.lane,
            report.plan,
            (*report.problems, *filter(None, (report.skipped, report.paused))),
            report.kept_back,
            text,
        )
        for report in reports
    )
    shown = tuple(section for section in sections if section.blocks or section.problems or section.notes)
    plans = [report.plan for report in reports if report.plan is not None]
    return Sheet(text("Plan"), (_sum(plans, text),), shown)


def stored_sheet(run: Run, plan: Plan, text: Text) -> Sheet:
    """The plan of an earlier run, with what that run could not read."""
    made = text("Made by run %(run)s on %(when)s.", run=run.id, when=when(plan.at))
    problems, notes = (tuple(map(str, run.report.get(word, ()))) for word in ("problems", "notes"))
    section = _section(plan.kypek, plan.lane, plan, problems, notes, text)
    return Sheet(text("Plan"), (made, _sum([plan], text)), (section,))


def heading_of(standing: Standing, text: Text) -> str:
    """How changes stand, with the number of the hold."""
    own = text(HEADINGS[standing.stand])
    if standing.hold is None:
        return text("Would be made (`observe`)") if standing.stand is Stand.HELD else own
    if standing.stand is Stand.FREE:
        return text("To be made: approved under hold %(id)s", id=standing.hold)
    return f"{own} ({text('hold %(id)s', id=standing.hold)})"


def step_of(standing: Standing, text: Text) -> str:
    """What a person may do about changes that stand so; empty where nothing is to be done."""
    if standing.stand is Stand.HELD and standing.hold is not None:
        return text(
            "Look with `kypek-sync holds show %(id)s`, then `holds approve %(id)s` or `holds reject %(id)s`.",
            id=standing.hold,
        )
    return ""


def plain(words: str) -> str:
    """One line of harmless letters: what turns the direction of text, moves a cursor or breaks a line is replaced.
    Titles and names come from foreign systems."""
    spaced = " ".join(words.split())
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in spaced)


def _section(
    kypek: str, lane: str, plan: Plan | None, problems: Sequence[str], notes: Sequence[str], text: Text
) -> Section:
    blocks = tuple(
        Block(
            heading_of(standing, text),
            plain(worded(standing.why.said(text), text)),
            step_of(standing, text),
            tuple(_line(change, text) for change in changes),
        )
        for standing, changes in (plan.groups() if plan is not None else [])
    )
    return Section(
        f"{kypek} · {text(LANES[lane])}",
        plan.hash[:DIGITS] if plan is not None and plan.changes else "",
        blocks,
        tuple(plain(worded(sentence, text)) for sentence in problems),
        tuple(plain(worded(sentence, text)) for sentence in notes),
    )


def _line(change: Change, text: Text) -> Line:
    target = change.target
    cells = (target.system, target.course, target.object, login_shown(target.login))
    facts = (_facts(change.before, text), _facts(change.after, text))
    return Line(
        (text(VERBS[change.verb.value]), *(plain(cell) for cell in (*cells, *facts))),
        tuple(plain(reason_worded(reason, text)) for reason in change.because),
    )


def _facts(pairs: Sequence[tuple[str, str]], text: Text) -> str:
    return ", ".join(f"{text(KEYS.get(key, key))}: {_value(key, value, text)}" for key, value in pairs if value)


def _value(key: str, value: str, text: Text) -> str:
    """What a change is from or to: a role as people say it, a moment on a clock in Greece."""
    if key == "role" and value in ROLES:
        return text(ROLES[value])
    if key in MOMENTS:
        try:
            return when(datetime.fromisoformat(value))
        except ValueError:
            return value
    return value


def _sum(plans: Sequence[Plan], text: Text) -> str:
    standings = [planned.standing for plan in plans for planned in plan.changes]
    stands = [standing.stand for standing in standings]
    if not stands:
        return text("Nothing is to be done.")
    shown = sum(standing.stand is Stand.HELD and standing.hold is None for standing in standings)
    free, held = stands.count(Stand.FREE), stands.count(Stand.HELD) - shown
    watched = text("Would be made: %(shown)s (`observe`: only watched, nobody is asked).", shown=shown)
    counted = text(
        "Changes to be made: %(free)s. Waiting for a person: %(held)s. Rejected or left alone: %(alone)s.",
        free=free,
        held=held,
        alone=len(stands) - free - held - shown,
    )
    return f"{counted} {watched}" if shown else counted
