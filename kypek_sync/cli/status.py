"""`status`: where each KYPEK stands and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.directory_words as directory_words
import kypek_sync.cli.doubt_words as doubt_words
import kypek_sync.cli.export_words as export_words
import kypek_sync.cli.leaving_words as leaving_words
import kypek_sync.cli.period_words as period_words
import kypek_sync.cli.programme_sending as programme_sending
import kypek_sync.cli.register_words as register_words
import kypek_sync.cli.sharing_words as sharing_words
import kypek_sync.cli.switching_words as switching_words
import kypek_sync.cli.wrong_clock as wrong_clock
from kypek_sync.cli.context import Context
from kypek_sync.cli.foreign_words import finding_word, worded
from kypek_sync.cli.pausing import pause_line
from kypek_sync.cli.plan_words import LANES
from kypek_sync.cli.subjects import scope_word
from kypek_sync.cli.tables import age, table, when
from kypek_sync.language import Text, clause
from kypek_sync.ledger import leases
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.holds import Hold
from kypek_sync.seminar.guard_words import guard_word
from kypek_sync.service.daemon import DAEMON, EVERYTHING
from kypek_sync.sync.overview import LaneStanding, Overview, StructureStanding, overview
from kypek_sync.sync.seats.approvals import Approvals

OUTCOMES = {
    "done": "done",
    "held": "something is held",
    "observed": "changes shown (observe)",
    "partly": "done in part",
    "failed": "failed",
    "skipped": "skipped",
    "paused": "paused",
}


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command()(status)


def status(
    context: typer.Context,
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """The last pass of each lane, what waits for a person, what could not be read."""
    its = shared.of(context)
    with its.installation() as inst:
        found = [overview(inst, one) for one in choosing.kypeks(its, inst, kypek)]
        names = {one: inst.kypek(one).name for one in inst.loaded.settings.kypeks}
        with inst.ledger.begin(keep=False) as connection:
            daemon = leases.holder_of(connection, EVERYTHING, DAEMON, its.clock())
    if as_json:
        its.json([_plain(one, its.clock()) for one in found])
        return
    its.out.print(_daemon(its, daemon), markup=False)
    its.out.print()
    for one in found:
        _show(its, one, names[one.kypek])


def _daemon(its: Context, holder: str) -> str:
    if holder:
        return its.text("`kypek-sync run` is at work (%(holder)s); a second one would wait for it.", holder=holder)
    return its.text("`kypek-sync run` is not at work: passes are made only by hand, by `kypek-sync sync`.")


def outcome_word(its: Context, outcome: str, report: Mapping[str, Any]) -> str:
    """How a run ended, in a word or two. Runs of before kept `held` also for what was only shown."""
    held = report.get("held", [])
    if outcome == "held" and held and not report.get("notes") and all(one["hold"] is None for one in held):
        outcome = "observed"
    return its.text(OUTCOMES[outcome]) if outcome in OUTCOMES else its.text("broken off or under way")


def _show(its: Context, one: Overview, name: str) -> None:
    out, text = its.out, its.text
    out.print(f"[bold]{escape(one.kypek)} · {escape(name)}[/bold]")
    out.print(
        table(("Lane", "Last pass", "When", "Outcome", "Changes"), [_lane(its, lane) for lane in one.lanes], text)
    )
    modes = ", ".join(f"{system} {mode.value}" for system, mode in sorted(one.modes.items()))
    out.print(text("Modes: %(modes)s", modes=modes or "–"), markup=False)
    for line in [*_left_alone(its, one), *_waiting(its, one), *_noteworthy(its, one)]:
        out.print("• " + line, markup=False)
    out.print()


def _lane(its: Context, lane: LaneStanding) -> tuple[str, str, str, str, str]:
    name = its.text(LANES[lane.lane])
    if lane.run is None:
        return name, "–", "–", its.text("never"), ""
    outcome = outcome_word(its, lane.run.outcome, lane.run.report)
    if not lane.run.outcome and lane.holder:
        outcome = its.text("under way (%(holder)s)", holder=lane.holder)
    elif not lane.run.outcome:
        outcome = its.text("broken off")
    changes = sum(done["receipt"]["outcome"] == "done" for done in lane.run.report.get("done", []))
    when_and_age = f"{when(lane.run.started)} ({age(lane.run.started, its.clock(), its.text)})"
    return name, str(lane.run.id), when_and_age, outcome, str(changes or "")


def _left_alone(its: Context, one: Overview) -> list[str]:
    """What people have paused or pinned, and mail that reaches nobody."""
    lines = [pause_line(pause, its.text) for pause in one.pauses]
    if one.all_mail_to:
        lines.append(its.text("ALL MAIL GOES TO %(address)s: nobody else is told anything.", address=one.all_mail_to))
    if one.pins:
        lines.append(its.text("Pinned: %(count)s (`kypek-sync pins list`)", count=one.pins))
    return lines


def _waiting(its: Context, one: Overview) -> list[str]:
    """What waits for a person's decision."""
    text = its.text
    lines = [line for structure in one.structures for line in _structure(its, structure)]
    lines += [above.line(text) for above in one.above]
    lines += [_hold(hold, text) for hold in one.holds]
    if one.holds:
        lines.append(text("Look with `kypek-sync holds show ID`, then `holds approve ID` or `holds reject ID`."))
    lines += [_approvals(its, approvals) for approvals in one.approvals]
    return lines + doubt_words.waiting(one.in_doubt, text)


def _approvals(its: Context, one: Approvals) -> str:
    """Who waits for the officer's approval, and until when."""
    facts = {"seminar": one.seminar, "count": one.count, "until": when(one.until)}
    if one.until is None:
        return its.text(
            "%(seminar)s: applications that wait for an approval: %(count)s. `kypek-sync seats approve %(seminar)s`",
            **facts,
        )
    if one.until <= its.clock():
        return its.text(
            "%(seminar)s: applications that wait for an approval: %(count)s, the first since longer than its time, "
            "which ended on %(until)s. `kypek-sync seats approve %(seminar)s`",
            **facts,
        )
    return its.text(
        "%(seminar)s: applications that wait for an approval: %(count)s, the first until %(until)s. `kypek-sync seats "
        "approve %(seminar)s`",
        **facts,
    )


def _hold(hold: Hold, text: Text) -> str:
    facts = {"id": hold.id, "since": when(hold.opened), "count": len(hold.changes), "system": hold.system}
    facts |= {"guard": guard_word(hold.guard, text), "why": hold.why.said(text)}
    if not hold.seminar:
        return text("hold %(id)s since %(since)s: %(count)s changes on %(system)s (%(guard)s). %(why)s", **facts)
    return text(
        "hold %(id)s since %(since)s: %(count)s changes of %(seminar)s on %(system)s (%(guard)s). %(why)s",
        seminar=hold.seminar,
        **facts,
    )


def _structure(its: Context, one: StructureStanding) -> list[str]:
    text, lines = its.text, []
    if one.unreadable:
        lines.append(text("%(structure)s: %(why)s", structure=one.structure, why=one.unreadable))
    if one.waits:
        lines.append(
            text(
                "%(structure)s: the programme %(file)s waits for approval. New: %(drafts)s. Changed: %(pending)s. Look "
                "with `kypek-sync programme diff %(structure)s`.",
                structure=one.structure,
                file=one.file,
                drafts=", ".join(one.drafts) or "–",
                pending=", ".join(one.pending) or "–",
            )
        )
    if one.errors:
        lines.append(
            text(
                "%(structure)s: %(count)s mistakes in %(file)s keep back %(held)s.",
                structure=one.structure,
                count=one.errors,
                file=one.file,
                held=", ".join(one.held) or "–",
            )
        )
    if one.missing:
        lines.append(
            text(
                "%(structure)s: %(codes)s are gone from %(file)s; they stay as they are until somebody cancels them.",
                structure=one.structure,
                codes=", ".join(one.missing),
                file=one.file,
            )
        )
    if one.missing_parts:
        lines.append(
            text(
                "%(structure)s: %(file)s does not name these parts any more: %(parts)s. They stay as they are until "
                "they stand in the programme again.",
                structure=one.structure,
                parts=", ".join(one.missing_parts),
                file=one.file,
            )
        )
    return lines


def _noteworthy(its: Context, one: Overview) -> list[str]:
    text = its.text
    lines = period_words.lines(one.announced, one.periods_over, text)
    trouble = _trouble(one)
    lines += [
        text("The directory's last read (%(when)s): %(why)s", when=when(started), why=worded(said, text))
        for started, said in trouble
    ]
    lines += [
        text(
            "%(system)s: %(scope)s was read only in part: %(why)s",
            system=r.system,
            scope=scope_word(r.scope, text),
            why=worded(r.why_partial, text),
        )
        for r in one.partial
        if not trouble or one.directory is None or r.system != one.directory.system
    ]
    if one.unread is not None and one.unread.before:
        lines.append(switching_words.unread_line(one.unread, text))
    for system, until in one.ahead:
        lines += wrong_clock.told(system, until, text)
    lines += directory_words.standing_lines(one.directory, its.clock(), text, is_another=one.replaced)
    lines += export_words.lines(one.export, its.clock(), text)
    if one.register is not None:
        lines.append(register_words.line(one.register, its.clock(), text))
    if one.departing:
        lines.append(leaving_words.counted(one.departing, text))
    if one.findings:
        words = ", ".join(f"{finding_word(code, text)} {count}" for code, count in one.findings.items())
        lines.append(text("Findings in the directory: %(words)s", words=words))
    if one.open_cases:
        lines.append(text("Open cases: %(count)s (`kypek-sync tickets list`)", count=one.open_cases))
    if one.setbacks:
        lines.append(text("Changes that did not succeed: %(count)s (`kypek-sync errors list`)", count=one.setbacks))
    lines += [
        text(
            "%(system)s fails since %(since)s and is left in peace until %(until)s: %(why)s",
            system=breaker.system,
            since=when(breaker.opened),
            until=when(breaker.until),
            why=worded(breaker.message, text),
        )
        for breaker in one.left_in_peace
    ]
    lines += sharing_words.standing_lines(one.shared, text)
    lines += programme_sending.standing_lines(one.mailing, text)
    if one.notices_due:
        lines.append(text("Notices to be sent: %(count)s", count=one.notices_due))
    lines += [
        text(
            "%(seminar)s: seats offered whose letter has not gone out yet: %(count)s. Each is held until then, at most "
            "to the start.",
            seminar=code,
            count=count,
        )
        for code, count in sorted(one.offers_untold.items())
    ]
    if one.notices_given_up:
        lines.append(
            text(
                "Notices given up: %(count)s; the people have not been told (`kypek-sync errors list`)",
                count=one.notices_given_up,
            )
        )
    return lines


def _trouble(one: Overview) -> list[tuple[datetime, str]]:
    """What went wrong at the last pass of the directory where no read of it tells: it did not get as far as that. What
    a read before it was short of is old then."""
    runs = [lane.run for lane in one.lanes if lane.lane == "directory" and lane.run is not None]
    problems = [(run.started, str(said)) for run in runs for said in run.report.get("problems", [])]
    told = any(r.why_partial and clause(r.why_partial) in said for r in one.partial for _, said in problems)
    return [] if told or one.replaced else problems  # another source had them


def _plain(one: Overview, now: datetime) -> dict[str, Any]:
    return {
        "kypek": one.kypek,
        "lanes": [
            {"lane": lane.lane, "holder": lane.holder}
            | (
                {"run": lane.run.id, "started": dump(lane.run)["started"], "outcome": lane.run.outcome}
                if lane.run
                else {"run": None, "started": None, "outcome": ""}
            )
            for lane in one.lanes
        ],
        "structures": [dump(structure) for structure in one.structures],
        "holds": [{"id": h.id, "guard": h.guard, "seminar": h.seminar, "system": h.system} for h in one.holds],
        "partial": [{"system": r.system, "scope": r.scope, "why": r.why_partial} for r in one.partial],
        "directory": directory_words.plain(one.directory),
        "export": export_words.plain(one.export, now),
        "dated_later": {system: until.isoformat() for system, until in one.ahead},
        "unread": switching_words.unread_plain(one.unread) if one.unread else None,
        "pins": one.pins,
        "pauses": [dump(pause) for pause in one.pauses],
        "all_mail_to": one.all_mail_to,
        "leaving": list(one.departing.everybody.logins) if one.departing else [],
        "leaving_in_all": one.departing.everybody.count if one.departing else 0,
        "departures": [goer.as_dict() for goer in one.departing.losing] if one.departing else [],
        "announced_until": one.announced.ends.isoformat() if one.announced else None,
        "findings": dict(one.findings),
        "in_doubt": list(one.in_doubt),
        "register": dump(one.register) if one.register else None,
        "open_cases": one.open_cases,
        "setbacks": one.setbacks,
        "left_in_peace": [breaker.system for breaker in one.left_in_peace],
        "shared_courses": [dump(course) for course in one.shared],
        "notices_due": one.notices_due,
        "offers_untold": dict(one.offers_untold),
        "approvals": [dump(approvals) for approvals in one.approvals],
        "above": {above.seminar.code: [seat.login for seat in above.seats] for above in one.above},
        "notices_given_up": one.notices_given_up,
        "programme_to_schools": dump(one.mailing) if one.mailing else None,
        "modes": {system: mode.value for system, mode in sorted(one.modes.items())},
    }
