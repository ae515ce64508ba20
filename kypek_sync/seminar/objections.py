"""What speaks against an application that meets every rule: a seat in another seminar at the same hours, or in an
earlier edition that is over. Pure.

The settings say what follows (`Stance`): the person is told of it, is asked, or is refused for as long as it stands.
Nothing speaks against a seat that was given: it stays. Nor against one that an officer grants by name.

Two applications for the same hours are the same question seen from both sides. The answer does not depend on which
seminar is looked at first: a seat that was told counts before everything, then a grant by name, then the earlier
application (`together`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kypek_sync.contract import capitals
from kypek_sync.model import Seat, SeatState, Seminar, Stance, Status
from kypek_sync.seminar.clashes import clashes
from kypek_sync.seminar.priority import earlier_editions

SAME_HOURS, EARLIER_EDITION = "same-hours", "earlier-edition"
"""The rules by which such applications are refused (`Seat.rule`), or asked about."""
CLEARED = "objection-over"
"""The rule by which somebody has the seat that they were asked about: nothing speaks against it any more."""
ASKED, OTHERS = "asked-because", "others"
"""Facts: of an offer, the rule because of which it is one; the other seminars, with their hours."""
MOST = 3
"""Sessions of other seminars that are named; of more there are as many again."""
BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Objection:
    """Something that speaks against giving somebody a seat now. `settled`: not known yet whether it does; they keep
    their place until the next pass."""

    stance: Stance
    rule: str
    others: str
    settled: bool = True

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The facts of a refusal."""
        return ((OTHERS, self.others),)

    @property
    def question(self) -> tuple[tuple[str, str], ...]:
        """The facts of an offer."""
        return (ASKED, self.rule), (OTHERS, self.others)


def same_hours(seminar: Seminar, part: str, others: Iterable[tuple[Seminar, str]], stance: Stance) -> Objection | None:
    """What the `others`, each with the part in which somebody has a seat, say against a seat in this part."""
    found = [one.line for one in clashes(seminar, part, others)] if stance is not Stance.WARN else []
    return Objection(stance, SAME_HOURS, BETWEEN.join(found[:MOST])) if found else None


def ended_editions(seminar: Seminar, seminars: Iterable[Seminar], now: datetime) -> tuple[Seminar, ...]:
    """The earlier editions of a seminar that took place and are over, the latest first."""
    found = {one: ends for one in earlier_editions(seminar, seminars) if (ends := _ended(one)) and ends <= now}
    return tuple(sorted(found, key=lambda one: (found[one], one.code), reverse=True))


class Editions:
    """The earlier editions that are over of any of these seminars, without looking at all of them each time."""

    def __init__(self, seminars: Iterable[Seminar], now: datetime) -> None:
        self.now = now
        self._named: dict[str, list[Seminar]] = {}
        for one in seminars:
            for word in self._words(one):
                self._named.setdefault(word, []).append(one)

    def of(self, seminar: Seminar) -> tuple[Seminar, ...]:
        """As `ended_editions`."""
        near = {one.code: one for word in self._words(seminar) for one in self._named.get(word, ())}
        return ended_editions(seminar, near.values(), self.now)

    @staticmethod
    def _words(seminar: Seminar) -> set[str]:
        """By what two editions know each other: the title, and the series."""
        title = f"title {capitals(seminar.title)}"
        return {title, f"series {capitals(seminar.series)}"} if seminar.series else {title}


def attended(editions: Iterable[Seminar], seats: Mapping[str, Mapping[str, Seat]]) -> dict[str, Seminar]:
    """The latest of these editions (the latest first) in which somebody had a seat, by login and by our id of them, as
    far as `seats` know, by seminar and login. Whether they came counts for nothing: the seat was theirs."""
    found: dict[str, Seminar] = {}
    for one in editions:
        for seat in seats.get(one.code, {}).values():
            if seat.state is SeatState.GRANTED and seat.part not in one.cancelled_parts:
                for who in filter(None, (seat.login if not seat.person else "", seat.person)):
                    found.setdefault(who, one)
    return found


def edition_before(edition: Seminar, stance: Stance) -> Objection | None:
    """What a seat in an earlier edition says against one in this."""
    said = f"«{edition.title}» ({edition.code})"
    return Objection(stance, EARLIER_EDITION, said) if stance is not Stance.WARN else None


def stronger(one: Objection | None, other: Objection | None) -> Objection | None:
    """Of two, the one that counts: to be refused before to be asked; else the first."""
    if one is None or other is None:
        return one or other
    return other if other.stance is Stance.REFUSE and one.stance is not Stance.REFUSE else one


def _ended(seminar: Seminar) -> datetime | None:
    """When a seminar was over that took place; None where it did not."""
    if seminar.status is Status.CANCELLED:
        return None
    return max((one.ends for one in seminar.sessions if one.status is Status.PLANNED), default=None)
