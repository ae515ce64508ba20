"""Turns what a run did into the changes that take it back, and says what cannot be taken back (design, rule 9). Pure.

Only what the ledger says that we did is taken back: a change that was so already was not ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kypek_sync.contract import REMOVALS, Capability, Cause, Change, Outcome, Verb
from kypek_sync.ledger.runs import Deed
from kypek_sync.model import CourseRole

OPPOSITE = {
    Verb.UPDATE_COURSE: Verb.UPDATE_COURSE,
    Verb.ENROL: Verb.UNENROL,
    Verb.UNENROL: Verb.ENROL,
    Verb.SUSPEND: Verb.RESUME,
    Verb.RESUME: Verb.SUSPEND,
    Verb.JOIN_GROUP: Verb.LEAVE_GROUP,
    Verb.LEAVE_GROUP: Verb.JOIN_GROUP,
    Verb.ADD_EVENT: Verb.REMOVE_EVENT,
    Verb.REMOVE_EVENT: Verb.ADD_EVENT,
    Verb.REVISE: Verb.REVISE,
    Verb.JOIN_COHORT: Verb.LEAVE_COHORT,
    Verb.LEAVE_COHORT: Verb.JOIN_COHORT,
    Verb.OPEN_ROOM: Verb.END_ROOM,
    Verb.OPEN_TICKET: Verb.CLOSE_TICKET,
    Verb.CLOSE_TICKET: Verb.OPEN_TICKET,
}
"""What takes back what. The opposite of an opposite is the change itself."""

_ORDER = (
    *(Verb.LEAVE_GROUP, Verb.UNENROL, Verb.SUSPEND, Verb.UPDATE_COURSE, Verb.ENROL, Verb.RESUME, Verb.JOIN_GROUP),
    *(Verb.REMOVE_EVENT, Verb.ADD_EVENT, Verb.REVISE, Verb.LEAVE_COHORT, Verb.JOIN_COHORT),
)
"""People leave a group before its course and come into a course before its groups; the rest in the order in which it
was done, backwards."""

_NEEDS = {
    Verb.LEAVE_GROUP: Capability.GROUP_REMOVE,
    Verb.UPDATE_COURSE: Capability.COURSE_UPDATE,
    Verb.SUSPEND: Capability.SUSPEND,
    Verb.RESUME: Capability.SUSPEND,
    Verb.ADD_EVENT: Capability.CALENDAR,
    Verb.REMOVE_EVENT: Capability.CALENDAR,
    Verb.REVISE: Capability.ANNOUNCEMENT,
    Verb.JOIN_COHORT: Capability.COHORTS,
    Verb.LEAVE_COHORT: Capability.COHORTS,
}


class Stays(StrEnum):
    """Why something that a run did cannot be taken back."""

    COURSE = "course"
    ADOPTED = "adopted"
    GROUP = "group"
    IN_GROUP = "in-group"
    TRAINER = "trainer"
    RAISED = "raised"
    DATE = "date"
    ANNOUNCED = "announced"
    COHORT = "cohort"
    ANNOUNCEMENT = "announcement"
    COURSE_FACTS = "course-facts"
    ROOM_ENDED = "room-ended"
    NOTE = "note"
    MAIL = "mail"


class Lost(StrEnum):
    """What is not as it was, although the change itself is taken back."""

    DATE = "date"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Undoing:
    """The way back from a run: each change that takes something back, in order, with the deed that it takes back; what
    stays, and what is lost on the way back."""

    back: tuple[tuple[Change, Deed], ...]
    stays: tuple[tuple[Deed, Stays], ...]
    lost: tuple[tuple[Deed, Lost], ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that take the run back, in the order in which they are made."""
        return tuple(change for change, _ in self.back)


def ours(deed: Deed) -> bool:
    """Whether the ledger says, or cannot exclude, that the deed was done: one without a clear answer is held against
    what a read shows before it is taken back."""
    return deed.receipt is None or deed.receipt.outcome in (Outcome.DONE, Outcome.AMBIGUOUS)


def opposite(change: Change, because: tuple[str, ...] = ()) -> Change:
    """The change that takes another one back. A named person decides about it, so no limit counts it.

    Raises `KeyError` for a verb that has none."""
    verb = OPPOSITE[change.verb]
    cause = Cause.DECIDED if verb in REMOVALS else Cause.NONE
    return Change(verb, change.target, change.after, change.before, because, cause)


def take_back(
    deeds: Sequence[Deed], abilities: Mapping[str, frozenset[Capability]], because: tuple[str, ...] = ()
) -> Undoing:
    """The way back from the deeds of a run. `abilities` are those of the course platforms, by system; of a thing that
    was done twice (a batch and its retry) the last counts."""
    last = {(deed.change.verb, deed.change.target): deed for deed in deeds if ours(deed)}
    back, stays, lost = [], [], []
    for deed in reversed(last.values()):
        change = deed.change
        if why := _stays(change, abilities.get(change.target.system, frozenset())):
            stays.append((deed, why))
            continue
        back.append((opposite(change, because), deed))
        if change.verb is Verb.UNENROL:
            lost.append((deed, Lost.DATE))
        elif change.verb in (Verb.OPEN_TICKET, Verb.CLOSE_TICKET):
            lost.append((deed, Lost.TICKET))
    return Undoing(tuple(sorted(back, key=_rank)), tuple(reversed(stays)), tuple(reversed(lost)))


def _rank(entry: tuple[Change, Deed]) -> int:
    verb = entry[0].verb
    return _ORDER.index(verb) if verb in _ORDER else len(_ORDER)


_KEPT = {
    Capability.CALENDAR: Stays.DATE,
    Capability.ANNOUNCEMENT: Stays.ANNOUNCEMENT,
    Capability.COHORTS: Stays.COHORT,
}


def _stays(change: Change, can: frozenset[Capability]) -> Stays | None:
    always = {
        Verb.CREATE_COURSE: Stays.COURSE,
        Verb.ADOPT_COURSE: Stays.ADOPTED,
        Verb.CREATE_GROUP: Stays.GROUP,
        Verb.ANNOUNCE: Stays.ANNOUNCED,
        Verb.END_ROOM: Stays.ROOM_ENDED,
        Verb.NOTE_TICKET: Stays.NOTE,
        Verb.SEND_MAIL: Stays.MAIL,
    }
    if change.verb in always or change.verb not in OPPOSITE:
        return always.get(change.verb, Stays.NOTE)
    if change.verb is Verb.ENROL and change.before:
        return Stays.RAISED  # a trainer is never demoted (E-24)
    if change.verb is Verb.ENROL and change.wanted("role") != CourseRole.STUDENT.value:
        return Stays.TRAINER
    needed = _NEEDS.get(OPPOSITE[change.verb])
    if needed in _KEPT and needed not in can:
        return _KEPT[needed]
    if needed is not None and needed not in can:
        return Stays.IN_GROUP if needed is Capability.GROUP_REMOVE else Stays.COURSE_FACTS
    return None
