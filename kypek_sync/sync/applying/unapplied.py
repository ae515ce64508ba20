"""Why changes that a person asked for by a file were not made: each by name, with what to do (design, rule 7). Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kypek_sync.contract import Change
from kypek_sync.language import Sentence
from kypek_sync.ledger.plans import Planned, Stand
from kypek_sync.sync.report import LaneReport

_SAID = {
    Stand.PINNED: "It is pinned.",
    Stand.PAUSED: "It is paused.",
    Stand.RESTING: "It rests after a setback.",
}


@dataclass(frozen=True, slots=True)
class Unapplied:
    """A change that was asked for and not made. `waits`: it is still wanted, and a person or time will let it pass.
    `over`: nobody wants it any more, so that nothing is left to do about it."""

    change: Change
    why: Sentence
    waits: bool = False
    over: bool = False


def unapplied(asked: Sequence[Change], report: LaneReport, seminars: Collection[str]) -> list[Unapplied]:
    """What of the bare changes `asked` the pass did not attempt. `seminars` are the codes in force."""
    attempted = {change.bare for change, _ in report.done}
    planned = {one.change.bare: one for one in report.plan.changes} if report.plan is not None else {}
    return [
        _stands(change, planned[change], report) if change in planned else _gone(change, planned, report, seminars)
        for change in asked
        if change not in attempted
    ]


def _stands(change: Change, planned: Planned, report: LaneReport) -> Unapplied:
    """Of a change that is still wanted, with the same `before`."""
    standing = planned.standing
    if standing.stand is Stand.FREE:
        return Unapplied(change, _not_reached(report))
    if standing.stand is Stand.REJECTED:
        said = Sentence.of("It was rejected as hold %(id)s; it is not asked about again.", id=standing.hold)
        return Unapplied(change, said)
    if standing.stand is not Stand.HELD:
        return Unapplied(change, Sentence.of(_SAID[standing.stand]).followed_by(standing.why), waits=True)
    if standing.hold is None:
        return Unapplied(change, Sentence.of("It is only shown.").followed_by(standing.why), waits=True)
    said = Sentence.of(
        "It is held now as hold %(id)s: look with `kypek-sync holds show %(id)s`, then `holds approve "
        "%(id)s` or `holds reject %(id)s`.",
        id=standing.hold,
    )
    return Unapplied(change, said.followed_by(standing.why), waits=True)


def _gone(change: Change, planned: Collection[Change], report: LaneReport, seminars: Collection[str]) -> Unapplied:
    """Of a change that is not wanted like this any more."""
    target = change.target
    if report.paused:
        return Unapplied(change, Sentence(report.paused), waits=True)
    if report.plan is None:
        return Unapplied(change, _not_reached(report))
    otherwise = next((one for one in planned if (one.verb, one.target) == (change.verb, target)), None)
    if otherwise is not None:
        return Unapplied(
            change,
            Sentence.of(
                "It is another change now: from «%(found)s» to «%(wanted)s», and the plan has «%(before)s» to "
                "«%(after)s». Make a new plan.",
                found=_facts(otherwise.before),
                wanted=_facts(otherwise.after),
                before=_facts(change.before),
                after=_facts(change.after),
            ),
        )
    if target.seminar and target.seminar not in seminars:
        said = Sentence.of("No programme in force has the seminar %(seminar)s.", seminar=target.seminar)
        return Unapplied(change, said)
    if target.seminar and target.key not in report.looked:
        said = Sentence.of(
            "%(system)s could not be read for %(seminar)s, so nobody can tell. Try again later.",
            system=target.system,
            seminar=target.seminar,
        )
        return Unapplied(change, said)
    return Unapplied(change, Sentence.of("It is no longer wanted: it is so already, or its reason is gone."), over=True)


def _not_reached(report: LaneReport) -> Sentence:
    why = report.skipped or next(iter(report.problems), "")
    said = Sentence.of("The pass did not come to it. Try again later.")
    return said.followed_by(Sentence(why)) if why else said


def _facts(pairs: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{key} {value}" for key, value in pairs) or "–"
