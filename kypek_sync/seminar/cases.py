"""Which facts deserve a ticket, in what words (design, section 8). One cause, one case, found by its reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kypek_sync.contract import masked, masked_login, masked_name, masked_of
from kypek_sync.language import Text
from kypek_sync.model import local
from kypek_sync.seminar.guard_words import guard_word

UNKNOWN_PEOPLE = "unknown-people"
READ_IN_PART = "read-in-part"
"""The kind of the case about people whom the directory does not have."""


@dataclass(frozen=True, slots=True)
class Case:
    """A cause that deserves a ticket. `ref` is stable for the cause; `subject` and `body` are in the language of those
    who read the helpdesk; `seminar` is empty where none is concerned."""

    ref: str
    kind: str
    subject: str
    body: str
    seminar: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Stranger:
    """Somebody who applied and is not in the directory: under which login and name, in which seminar and system."""

    login: str
    name: str
    seminar: str
    system: str


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A change that a system will not make until a person acts, with the system's sentence."""

    system: str
    seminar: str
    verb: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, order=True)
class Stopped:
    """A connector that is left in peace because it needs a person, or has failed for long, with its first sentence."""

    system: str
    detail: str


@dataclass(frozen=True, slots=True, order=True)
class OldExport:
    """A directory's export beyond the age that its settings allow, by its connector."""

    system: str


class Lift(StrEnum):
    """What a person can say, so that a directory that shows only a part of itself counts again."""

    SMALLER = "smaller"
    NUMBERS = "numbers"
    GROUPS = "groups"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, order=True)
class InPart:
    """A directory that showed only a part of itself for long, by its connector; `since` is when it was last read in
    full (aware; with `Lift.CLOCK` a moment that is still to come). `lifts` are what a person can say about it;
    `units`: it is its units that are read only in part, and the people are read in full."""

    system: str
    since: datetime
    lifts: tuple[Lift, ...] = ()
    units: bool = False


@dataclass(frozen=True, slots=True, order=True)
class OpenHold:
    """A hold that waits for a decision."""

    id: int
    guard: str
    system: str
    seminar: str
    changes: int


def reference(kypek: str, kind: str, key: str = "") -> str:
    """The reference of a case, also the ticket's: `kypek:case:<kypek>:<kind>[:<key>]`."""
    return ":".join(part for part in ("kypek", "case", kypek, kind, key) if part)


def cases(
    kypek: str,
    strangers: Iterable[Stranger],
    refusals: Iterable[Refusal],
    holds: Iterable[OpenHold],
    text: Text,
    stopped: Iterable[Stopped] = (),
    old: Iterable[OldExport] = (),
    in_part: Iterable[InPart] = (),
) -> tuple[Case, ...]:
    """All cases that the facts call for now, sorted by reference, without tax or registry numbers (D-4). A case not in
    the result is cured."""
    found = [
        *_strangers(kypek, sorted(strangers), text),
        *_refusals(kypek, sorted(refusals), text),
        *_holds(kypek, sorted(holds), text),
        *_stopped(kypek, sorted(stopped), text),
        *_old(kypek, sorted(old), text),
        *_in_part(kypek, sorted(in_part), text),
    ]
    return tuple(sorted((replace(one, body=masked(one.body)) for one in found), key=lambda case: case.ref))


def _strangers(kypek: str, strangers: list[Stranger], text: Text) -> list[Case]:
    if not strangers:
        return []
    lines = [
        text(
            "- %(login)s (%(name)s), seminar %(seminar)s, on %(system)s",
            login=masked_login(s.login),
            name=masked_name(s.name),
            **_fields(s, "seminar", "system"),
        )
        for s in strangers
    ]
    body = "\n".join(
        [
            text(
                "These people applied for a seminar and are not in the directory. Their applications keep their place."
            ),
            *lines,
            text("Check whether each is a school-network account. If it is new, nothing is needed: it will be found."),
        ]
    )
    return [
        Case(
            reference(kypek, UNKNOWN_PEOPLE),
            UNKNOWN_PEOPLE,
            text("People in courses unknown to the directory"),
            body,
        )
    ]


def _refusals(kypek: str, refusals: list[Refusal], text: Text) -> list[Case]:
    """One case for each seminar and system, with all that was refused there."""
    groups: dict[tuple[str, str], list[Refusal]] = {}
    for refusal in refusals:
        groups.setdefault((refusal.system, refusal.seminar), []).append(refusal)
    found = []
    for (system, seminar), those in sorted(groups.items()):
        subject = text("%(system)s refuses changes for seminar %(seminar)s", system=system, seminar=seminar)
        lines = [masked_of(f"- {r.verb} {r.subject}: {r.detail}", r.subject) for r in those]
        body = "\n".join(
            [
                text("What was tried, and the answer:"),
                *lines,
                text("It is tried again, less often each time; `kypek-sync errors list` shows when."),
            ]
        )
        found.append(Case(reference(kypek, "refused", f"{system}:{seminar}"), "refused", subject, body, seminar))
    return found


def _stopped(kypek: str, stopped: list[Stopped], text: Text) -> list[Case]:
    """One case for each connector, found by its name and closed when it answers again."""
    found = []
    for one in stopped:
        lines = (
            text("Nothing is read from it and nothing is changed there until it answers again."),
            one.detail,
            text("It is tried again by itself; `kypek-sync check` and `kypek-sync sync` try at once."),
        )
        subject = text("%(system)s does not answer as it should", system=one.system)
        found.append(
            Case(reference(kypek, "connector-stopped", one.system), "connector-stopped", subject, "\n".join(lines))
        )
    return found


def _old(kypek: str, exports: list[OldExport], text: Text) -> list[Case]:
    """One case for each directory whose export is too old, closed when a new one comes."""
    return [
        Case(reference(kypek, "old-export", one.system), "old-export", *old_export_words(one, text)) for one in exports
    ]


_LIFTS = {
    Lift.SMALLER: "If it really has become so small: `%(command)s`.",
    Lift.NUMBERS: "If numbers are not to be read there any more: `%(command)s`.",
    Lift.GROUPS: "If nobody is in a group there any more: `%(command)s`.",
    Lift.CLOCK: "Put the clock right. If it is right now: `%(command)s`.",
}
_OPTIONS = {Lift.SMALLER: "", Lift.NUMBERS: "--numbers ", Lift.GROUPS: "--groups ", Lift.CLOCK: "--clock "}
_IN_PART = ("%(system)s is read only in part", "The units of %(system)s are read only in part")
_FULL = ("It was last read in full on %(when)s.", "They were last read in full on %(when)s.")
_COUNTS = (
    "What it shows counts, and nobody counts as gone until it is read in full again.",
    "The units that it shows count, and none counts as gone until all are read again.",
)
"""Each of a directory as a whole, and of its units alone."""
_REFRESH = "`kypek-sync directory refresh` reads it now and says what is missing."


def _in_part(kypek: str, those: list[InPart], text: Text) -> list[Case]:
    """One case for each directory that shows only a part of itself, closed when it is read in full again."""
    found = []
    for one in those:
        lifts = [
            text(_LIFTS[lift], command=f"kypek-sync directory accept {one.system} {_OPTIONS[lift]}--why TEXT")
            for lift in one.lifts
        ]
        when = f"{local(one.since):%d/%m/%Y %H:%M}"
        lines = [
            text("By our clock it was last read in full on %(when)s, which is still to come.", when=when)
            if Lift.CLOCK in one.lifts
            else text(_FULL[one.units], when=when),
            text(_COUNTS[one.units]),
            *([] if Lift.CLOCK in one.lifts else [text(_REFRESH)]),
            *lifts,
        ]
        subject, key = text(_IN_PART[one.units], system=one.system), f"{one.system}:units" if one.units else one.system
        found.append(Case(reference(kypek, READ_IN_PART, key), READ_IN_PART, subject, "\n".join(lines)))
    return found


def old_export_words(one: OldExport, text: Text) -> tuple[str, str]:
    """What is said of an export that is too old, in one line, and what to do about it: a case, and a letter."""
    lines = (
        text("Draw a new one; `kypek-sync check` shows how old this one is."),
        text("Until then people are known as they were, and nobody counts as gone."),
    )
    return text("The export of %(system)s is too old", system=one.system), "\n".join(lines)


def _holds(kypek: str, holds: list[OpenHold], text: Text) -> list[Case]:
    if not holds:
        return []
    lines = [
        text(
            "- hold %(id)s: %(count)s changes of seminar %(seminar)s on %(system)s (%(guard)s)",
            **_fields(h, "id", "seminar", "system"),
            count=h.changes,
            guard=guard_word(h.guard, text),
        )
        for h in holds
    ]
    body = "\n".join(
        [
            text("These changes wait for a person. Nothing of them has been done."),
            *lines,
            text("Look with `kypek-sync holds show ID`, then `kypek-sync holds approve ID` or `reject ID`."),
        ]
    )
    return [Case(reference(kypek, "holds"), "holds", text("Changes that wait for approval"), body)]


def _fields(value: object, *names: str) -> dict[str, object]:
    return {name: getattr(value, name) for name in names}
