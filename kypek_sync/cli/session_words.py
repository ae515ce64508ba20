"""What is said of decisions about sessions: the plan before it is confirmed, and what stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.outbox import Notice
from kypek_sync.ledger.session_rulings import Recorded
from kypek_sync.model import Session, Status, local
from kypek_sync.notices.change_words import OFFICER, TRAINER
from kypek_sync.seminar.session_rulings import SessionWord
from kypek_sync.sync.sessions.deciding import Decision, Outcome
from kypek_sync.sync.sessions.reaching import Reach

WORDS = {SessionWord.MOVE: "moved", SessionWord.CANCEL: "cancelled", SessionWord.POSTPONE: "put off, no date yet"}
ENDED = {
    "": "stands",
    "undone": "taken back",
    "replaced": "another decision took its place",
    "in line": "the programme says the same by now",
    "overruled": "the programme said something else later",
}
HEADINGS = ("Decision", "Seminar", "Session", "In the programme", "Decided", "By", "Reason", "State")


@dataclass(frozen=True)
class SessionPlan:
    """What a command about sessions comes to."""

    kypek: str
    outcome: Outcome
    platforms: tuple[Reach, ...]
    rooms: int
    offers: int

    @property
    def marks(self) -> tuple[object, ...]:
        """The same for what is the same to whoever confirms it."""
        decisions = [(one.offering.seminar.code, one.before, one.after) for one in self.outcome.decisions]
        letters = [(one.login, one.cause, one.kind, dict(one.facts).get("changes")) for one in self.outcome.letters]
        return decisions, letters, self.platforms, self.offers

    def lines(self, text: Text) -> Iterator[str]:
        """For whoever is asked to confirm it."""
        yield text("What changes:")
        yield from (f"  {_line(one, text)}" for one in self.outcome.decisions)
        yield from self._letters(text)
        yield text("The seminars' pages, the calendars that people subscribe to and the door of the rooms: at once.")
        if self.rooms:
            yield text("Sessions with a room: %(count)s", count=self.rooms)
        for one in self.platforms:
            yield _platform(one, text)
        if self.offers:
            yield text("Offers of a seat whose clock stands still meanwhile: %(count)s", count=self.offers)

    def _letters(self, text: Text) -> Iterator[str]:
        people = self._people()
        if people:
            counts = [sum(_role(those) == role for those in people.values()) for role in ("", TRAINER, OFFICER)]
            yield text(
                "One letter each gets: people with a seat %(seats)s, trainers %(trainers)s, officers %(officers)s.",
                seats=counts[0],
                trainers=counts[1],
                officers=counts[2],
            )
        else:
            yield text("Nobody gets a letter now.")
        if urgent := sum(any(one.urgent for one in those) for those in people.values()):
            yield text("About sessions within 24 hours, first and also in quiet hours: %(count)s", count=urgent)
        if self.outcome.untold:
            codes = ", ".join(self.outcome.untold)
            yield text("Told later, since they are paused or their platform is only observed: %(codes)s", codes=codes)

    def _people(self) -> dict[str, list[Notice]]:
        found: dict[str, list[Notice]] = {}
        for one in self.outcome.letters:
            found.setdefault(one.login, []).append(one)
        return found

    def said(self, text: Text) -> str:
        """That it is done."""
        if self.outcome.batch is None:
            return text("Taken back.")
        return text(
            "Decided: number %(number)s. `kypek-sync sessions undo %(number)s` takes it back.",
            number=self.outcome.batch,
        )

    def plain(self, *, applied: bool) -> dict[str, Any]:
        """For machines."""
        return {
            "kypek": self.kypek,
            "applied": applied,
            "decision": self.outcome.batch if applied else None,
            "sessions": [
                {
                    "seminar": one.offering.seminar.code,
                    "title": one.offering.seminar.title,
                    "session": one.before.number,
                    "before": dump(one.before),
                    "after": dump(one.after),
                    "as_the_programme": one.over,
                }
                for one in self.outcome.decisions
            ],
            "letters": [
                {
                    "login": login,
                    "role": _role(those) or "seat",
                    "seminars": [one.cause.partition(":")[2] for one in those],
                    "urgent": any(one.urgent for one in those),
                }
                for login, those in sorted(self._people().items())
            ],
            "told_later": list(self.outcome.untold),
            "platforms": [dump(one) for one in self.platforms],
            "rooms": self.rooms,
            "offers": self.offers,
        }


def recorded_row(one: Recorded, text: Text) -> tuple[object, ...]:
    """A row below `HEADINGS`."""
    ruling = one.ruling
    decided = _moment(ruling.now) if ruling.word is SessionWord.MOVE else text(WORDS[ruling.word])
    by = f"{one.who} ({when(ruling.at)})"
    state = text(ENDED[one.lifted_why])
    return ruling.batch, ruling.seminar, ruling.number, _moment(ruling.was), decided, by, ruling.why, state


def recorded_plain(kypek: str, one: Recorded) -> dict[str, Any]:
    """For machines."""
    return {"kypek": kypek} | {key: value for key, value in dump(one).items() if key != "id"}


def _role(those: list[Notice]) -> str:
    roles = {dict(one.facts).get("role", "") for one in those}
    return next(role for role in ("", TRAINER, OFFICER) if role in roles)


def _line(one: Decision, text: Text) -> str:
    seminar, after = one.offering.seminar, one.after
    said = {
        Status.PLANNED: _moment(after),
        Status.CANCELLED: text("cancelled"),
        Status.POSTPONED: text("put off, no date yet"),
    }
    before = text("%(session)s (cancelled)", session=_moment(one.before))
    before = _moment(one.before) if one.before.status is Status.PLANNED else before
    return f"{seminar.title} ({seminar.code}, {one.before.number}): {before} → {said[after.status]}"


def _moment(session: Session) -> str:
    starts, ends = local(session.starts), local(session.ends)
    return f"{starts:%d/%m/%Y %H:%M}-{ends:%H:%M}" + (f", {session.place}" if session.place else "")


def _platform(one: Reach, text: Text) -> str:
    facts = {"system": one.system, "dates": one.dates, "announcements": one.announcements, "courses": one.by_hand}
    if one.by_hand and not (one.dates or one.announcements):
        return text(
            "%(system)s: nothing of ours tells dates in its courses (%(courses)s); what stands there is changed by "
            "hand, see `kypek-sync todos list`.",
            **facts,
        )
    return text("%(system)s: dates in calendars %(dates)s, announcements %(announcements)s", **facts)
