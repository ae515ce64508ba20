"""What must wait for a person (design, rules 5, 6, 10). Pure: the same changes on the same ground, the same holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kypek_sync.contract import Cause, Change, Target, Verb
from kypek_sync.language import Sentence
from kypek_sync.settings.shape import Limits, Mode


@dataclass(frozen=True, slots=True)
class Ground:
    """What the guards look at besides the changes.

    `modes` by system; `seats` granted by seminar; `removed_this_week` inferred removals of the last 7 days; `announced`
    the last day of the announced period whose limits these are, None for the usual ones; `restricting` are the
    courses in which a person let memberships of refused people end before.
    """

    modes: Mapping[str, Mode]
    limits: Limits = field(default_factory=Limits)
    seats: Mapping[str, int] = field(default_factory=dict)
    removed_this_week: int = 0
    announced: date | None = None
    restricting: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """Changes of one seminar on one system that one guard keeps back, with a sentence that says why, worded where it is
    read."""

    guard: str
    seminar: str
    system: str
    changes: tuple[Change, ...]
    why: Sentence

    def because(self, *reasons: str) -> Held:
        """The same with the reasons of its changes, which a guard does not know."""
        return replace(self, changes=tuple(replace(change, because=reasons) for change in self.changes))


@dataclass(frozen=True, slots=True)
class Guarded:
    """A plan after the guards: what may be applied, in order, and what is held."""

    passed: tuple[Change, ...]
    held: tuple[Held, ...]


def guard(changes: Sequence[Change], ground: Ground) -> Guarded:
    """Divide a plan. A change is kept back by the first guard that objects; nothing else is stopped by it.

    What people gave back themselves is not judged here: `withdrawals` did so before it was believed, or a person let it
    pass, and nobody should be asked a second time when a platform or a mirror follows.
    """
    held: list[Held] = []
    rest = list(changes)
    guards = (
        *(("mode", _by_mode), ("restrict", _by_first)),
        *(("run-limit", _by_run), ("week-limit", _by_week), ("limit", _by_seminar)),
    )
    for name, keeps in guards:
        caught: set[Change] = set()
        for why, those in keeps(rest, ground):
            held += _grouped(name, those, why)
            caught.update(those)
        rest = [change for change in rest if change not in caught]
    return Guarded(tuple(rest), tuple(sorted(held, key=lambda h: (h.seminar, h.system, h.guard))))


def withdrawals(
    target: Target,
    gone: Iterable[str],
    *,
    standing: int,
    seats: int,
    today: int,
    limits: Limits,
    announced: date | None = None,
) -> Held | None:
    """Whether those proven to have left a seminar's course at once are too many to believe without a person: more than
    the share `shrink` of at least 4 who applied, or more in a day than the limit of withdrawals (design, rule 5).

    `target` names system and seminar; `standing` applications and granted `seats` of the seminar; `today` withdrawals
    already decided in the last 24 hours; `announced` as in `Ground`.
    """
    logins = sorted(gone)
    limit = allowed(limits.withdrawals_per_day, limits.withdrawals_per_day_share, seats)
    if standing >= 4 and len(logins) > limits.shrink * standing:
        why = Sentence.of(
            "%(count)s of the %(standing)s applications of %(seminar)s vanished in one read; they stand.",
            count=len(logins),
            standing=standing,
            seminar=target.seminar,
        )
    elif logins and today + len(logins) > limit:
        why = Sentence.of(
            "%(count)s withdrawals from %(seminar)s in a day; %(limit)s pass without a person.",
            count=today + len(logins),
            seminar=target.seminar,
            limit=limit,
        )
    else:
        return None
    changes = tuple(given_back(target, login) for login in logins)
    return Held("withdrawals", target.seminar, target.system, changes, _announced(why, announced))


def given_back(target: Target, login: str) -> Change:
    """The withdrawal of somebody who left the course of a seminar by themselves."""
    return Change(Verb.WITHDRAW, replace(target, login=login), (("application", "standing"),), cause=Cause.WITHDRAWN)


def left(target: Target, login: str, state: str) -> Change:
    """The withdrawal of somebody who left the directory with a place of this `state` (`granted`, `waiting`)."""
    return Change(Verb.WITHDRAW, replace(target, login=login), (("seat", state),), cause=Cause.INFERRED)


def departures(gone: Mapping[Target, Mapping[str, str]], ground: Ground) -> tuple[Held, ...]:
    """Which of those who left the directory with a place in a seminar are too many to believe without a person, by the
    limits of inferred removals; asked before anything is decided, so that nobody moves up on the strength of it.

    `gone` has, by system and seminar, the logins with the word of their state (`granted`, `waiting`).
    """
    changes = [
        left(target, login, state) for target, logins in sorted(gone.items()) for login, state in sorted(logins.items())
    ]
    held: list[Held] = []
    for keeps in (_by_run, _by_week, _by_seminar):
        for why, those in keeps(changes, ground):
            held += _grouped("departures", those, why)
            changes = [change for change in changes if change not in those]
    return tuple(held)


def allowed(number: int, share: float, of: int) -> int:
    """How many pass: the larger of a floor and a share, so that small sets do not teach people to force."""
    return max(number, int(share * of))


def _announced(why: Sentence, last: date | None) -> Sentence:
    """The sentence, and which limits were used where they are not the usual ones."""
    if last is None:
        return why
    day = f"{last:%d/%m/%Y}"
    return why.followed_by(Sentence.of("These are the limits of the announced period until %(day)s.", day=day))


def _by_mode(changes: list[Change], ground: Ground) -> Iterable[tuple[Sentence, list[Change]]]:
    for system in sorted({c.target.system for c in changes}):
        mode = ground.modes.get(system, Mode.OBSERVE)
        if mode is Mode.OBSERVE:
            why = Sentence.of("%(system)s is in mode `observe`: its changes are only shown.", system=system)
        elif mode is Mode.PROPOSE:
            why = Sentence.of("%(system)s is in mode `propose`: its changes wait for approval.", system=system)
        else:
            continue
        yield why, [c for c in changes if c.target.system == system]


def _by_first(changes: list[Change], ground: Ground) -> Iterable[tuple[Sentence, list[Change]]]:
    """The first memberships of refused people that would end in a course wait for a person (rule 10)."""
    first = [c for c in changes if c.cause is Cause.REFUSED and c.target.key not in ground.restricting]
    for seminar in sorted({c.target.seminar for c in first}):
        mine = [c for c in first if c.target.seminar == seminar]
        why = Sentence.of(
            "%(seminar)s is set to take refused people out of its course, and this is the first time: %(count)s.",
            seminar=seminar,
            count=len(mine),
        )
        yield why, mine


def _by_run(changes: list[Change], ground: Ground) -> Iterable[tuple[Sentence, list[Change]]]:
    inferred = _inferred(changes)
    total = sum(ground.seats.values())
    limit = allowed(ground.limits.per_run, ground.limits.per_run_share, total)
    if (count := _seats(inferred)) > limit:
        why = Sentence.of(
            "%(count)s inferred removals in one run; %(limit)s pass without a person.", count=count, limit=limit
        )
        yield _announced(why, ground.announced), inferred


def _by_week(changes: list[Change], ground: Ground) -> Iterable[tuple[Sentence, list[Change]]]:
    inferred = _inferred(changes)
    total = sum(ground.seats.values())
    limit = allowed(ground.limits.per_week, ground.limits.per_week_share, total)
    if inferred and ground.removed_this_week + _seats(inferred) > limit:
        why = Sentence.of(
            "Inferred removals in 7 days: %(before)s, and now %(count)s more; up to %(limit)s pass without a person.",
            before=ground.removed_this_week,
            count=_seats(inferred),
            limit=limit,
        )
        yield _announced(why, ground.announced), inferred


def _by_seminar(changes: list[Change], ground: Ground) -> Iterable[tuple[Sentence, list[Change]]]:
    limits = ground.limits
    removals: dict[str, list[Change]] = {}
    for change in changes:
        if _takes(change) and change.target.seminar:  # a cohort is no seminar's: the run's limit counts it
            removals.setdefault(change.target.seminar, []).append(change)
    for seminar, mine in sorted(removals.items()):
        seats = ground.seats.get(seminar, 0)
        inferred = _inferred(mine)
        limit = allowed(limits.per_seminar, limits.per_seminar_share, seats)
        if (count := _seats(inferred)) > limit:
            why = Sentence.of(
                "%(count)s inferred removals in %(seminar)s; %(limit)s pass without a person.",
                count=count,
                seminar=seminar,
                limit=limit,
            )
            yield _announced(why, ground.announced), inferred


def _takes(change: Change) -> bool:
    """Whether somebody loses something, on a platform or in our own book of seats."""
    return change.removes or change.verb is Verb.WITHDRAW


def _inferred(changes: Iterable[Change]) -> list[Change]:
    return [c for c in changes if _takes(c) and c.cause in (Cause.INFERRED, Cause.REFUSED)]


def _seats(changes: Iterable[Change]) -> int:
    """How many seats are at stake: leaving a group, its course and a mirror is one seat lost, not three."""
    return len({(c.target.seminar, c.target.login) for c in changes})


def _grouped(name: str, changes: Sequence[Change], why: Sentence) -> list[Held]:
    """One hold for each seminar and system, so that one never stops another."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.target.seminar, change.target.system), []).append(change)
    return [Held(name, seminar, system, tuple(those), why) for (seminar, system), those in sorted(groups.items())]
