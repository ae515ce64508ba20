"""Differences to close, and what the foreign system answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kypek_sync.contract.course_key import OfCourse


class Verb(StrEnum):
    """What a change does. Verbs of removal are in `REMOVALS`. `WITHDRAW` changes only our own ledger: it is held where
    so many leave at once that a person should look first."""

    WITHDRAW = "application.withdraw"
    CREATE_COURSE = "course.create"
    ADOPT_COURSE = "course.adopt"
    UPDATE_COURSE = "course.update"
    CREATE_GROUP = "group.create"
    ENROL = "enrolment.add"
    RESUME = "enrolment.resume"
    SUSPEND = "enrolment.suspend"
    UNENROL = "enrolment.remove"
    JOIN_GROUP = "membership.add"
    LEAVE_GROUP = "membership.remove"
    REMOVE_EVENT = "event.remove"
    ADD_EVENT = "event.add"
    LEAVE_COHORT = "cohort.remove"
    JOIN_COHORT = "cohort.add"
    ANNOUNCE = "announcement.add"
    REVISE = "announcement.update"
    OPEN_ROOM = "room.open"
    END_ROOM = "room.end"
    OPEN_TICKET = "ticket.open"
    NOTE_TICKET = "ticket.note"
    CLOSE_TICKET = "ticket.close"
    SEND_MAIL = "mail.send"


class Cause(StrEnum):
    """Why something is taken away: removals are limited by their cause (design, rule 5)."""

    NONE = ""
    INFERRED = "inferred"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    REFUSED = "refused"
    """The membership of somebody who was refused ends (rule 4): counted like what is inferred, and asked about first.
    """


REMOVALS = frozenset(
    {Verb.SUSPEND, Verb.UNENROL, Verb.LEAVE_GROUP, Verb.REMOVE_EVENT, Verb.LEAVE_COHORT, Verb.END_ROOM}
)


@dataclass(frozen=True, slots=True, order=True)
class Target(OfCourse):
    """What a change touches, in our own words: foreign ids are looked up in the ledger's bindings when it is applied.

    `system` is the connector's name in settings; `seminar` its code (empty where none is concerned); `object` is the
    thing within it (a group's name, a session's number, a case's reference); `login` the person, if one; `part` is the
    id of the seminar's part where it has several courses on the system, empty for its only one.
    """

    system: str
    seminar: str = ""
    object: str = ""
    login: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference to close.

    `before` and `after` are what was observed and what is wanted, as sorted pairs of words; `because` is the chain of
    reasons (source row, rule, snapshot), for people, not part of the change's identity; `cause` says what kind of
    reason a removal has.
    """

    verb: Verb
    target: Target
    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    because: tuple[str, ...] = ()
    cause: Cause = Cause.NONE

    @property
    def removes(self) -> bool:
        """Whether the change takes something away from somebody."""
        return self.verb in REMOVALS

    @property
    def bare(self) -> Change:
        """The change without its reasons: what makes it the same change."""
        return Change(self.verb, self.target, self.before, self.after)

    def wanted(self, key: str) -> str:
        """The value of `key` in `after`, or an empty word."""
        return dict(self.after).get(key, "")


class Outcome(StrEnum):
    """How a change ended."""

    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    LATER = "later"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the foreign system answered to one change.

    `foreign_id` and `address` are those of what was created or found. `detail` is a sentence for people (why it was
    refused, what to do); it holds no secret. `unknown`: refused because the platform does not know the person yet.
    `twins` are (id, address) of other courses that carry the reference of one that was found.
    """

    outcome: Outcome
    foreign_id: str = ""
    address: str = ""
    detail: str = ""
    unknown: bool = False
    twins: tuple[tuple[str, str], ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the foreign system now is as wanted."""
        return self.outcome in (Outcome.DONE, Outcome.ALREADY)
