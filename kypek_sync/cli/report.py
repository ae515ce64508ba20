"""Reports of passes as people read them: what changed where and why, what is held, what failed and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

import kypek_sync.cli.directory_words as directory_words
import kypek_sync.cli.leaving_words as leaving_words
from kypek_sync.cli.foreign_words import reason_worded, worded
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.plan_words import JOIN, LANES, VERBS, heading_of, plain, step_of
from kypek_sync.contract import Change, Outcome, Receipt
from kypek_sync.language import Text
from kypek_sync.ledger.plans import Plan, Stand
from kypek_sync.model import SeatState
from kypek_sync.seminar.guard_words import guard_word
from kypek_sync.sync.report import LaneReport

MOST = 40
"""Rows of one table; more are summed up, all are in `runs show` and `--json`."""

OUTCOMES = {
    Outcome.DONE: "done",
    Outcome.ALREADY: "was so already",
    Outcome.REFUSED: "refused",
    Outcome.LATER: "later",
    Outcome.AMBIGUOUS: "not clear yet",
}

COLUMNS = ("Change", "System", "Seminar", "What", "Who", "Because", "Answer")

COUNTS = (
    *("people", "teachers", "units", "entries changed", "new people", "changed people", "leaving", "gone people"),
    *("findings", "units in the register"),
    *("seminars", "drafts", "courses read", "courses partly read", "notices queued", "left out by hand"),
    "work by hand",
    *("dates left out by hand", "announcements left out by hand", "cohort members left out by hand"),
    *(f"seats {state}" for state in SeatState),
    *("rooms", "people inside", "open cases"),
    *("notices due", "mails sent", "mails refused", "mails later", "mails quiet", "mails rationed"),
)
"""The words of the figures that passes report."""

LEARNT = ("entries changed", "new people", "changed people", "gone people")
"""Those of them that tell what a read of the directory brought."""


def show(out: Console, reports: Sequence[LaneReport], text: Text) -> None:
    """Print the reports of a sync or a plan, KYPEK by KYPEK."""
    for report in reports:
        _lane(out, report, text)
    total = sum(report.changed for report in reports)
    waiting = sum(len(report.waiting) for report in reports)
    held = sum(len(held.changes) for report in reports for _, held in report.waiting_for_somebody)
    shown = sum(len(held.changes) for report in reports for held in report.only_shown)
    put_off = sum(len(report.put_off) for report in reports)
    failed = sum(len(report.failed) for report in reports) - put_off
    out.print()
    if over := sum(len(report.over) for report in reports):
        out.print(text("No longer needed: %(count)s (done already, or their reason is gone).", count=over))
    looked_at_all = not any(
        report.problems or report.left_in_peace or report.skipped or report.paused for report in reports
    )
    if looked_at_all and not any((total, waiting, held, failed, put_off, any(r.held or r.aside for r in reports))):
        learnt = any(report.counts.get(word) for report in reports for word in LEARNT)
        out.print(text("Nothing else was left to do.") if learnt else text("Nothing was left to do."))
        return
    out.print(
        text(
            "%(total)s changes made, %(waiting)s planned, %(held)s held, %(failed)s failed.",
            total=total,
            waiting=waiting,
            held=held,
            failed=failed,
        )
    )
    if put_off:
        out.print(text("Waiting for another change or a system to succeed first: %(count)s.", count=put_off))
    if shown:
        out.print(text("Would be made: %(shown)s (`observe`: only watched, nobody is asked).", shown=shown))


def held_words(number: int | None, guard: str, text: Text, *, rejected: bool = False) -> str:
    """How changes that were kept back stand: under which hold, or only shown where a system is in `observe`."""
    if number is None:
        return text("Would be made (`observe`)")
    how = "Rejected (%(name)s, %(guard)s)" if rejected else "Held (%(name)s, %(guard)s)"
    return text(how, name=text("hold %(id)s", id=number), guard=guard_word(guard, text))


def receipt_words(receipt: Receipt, text: Text) -> str:
    """What a system answered, and its own sentence where there is one, in the reader's language if it is known."""
    return text(OUTCOMES[receipt.outcome]) + (f": {worded(receipt.detail, text)}" if receipt.detail else "")


def changes_table(rows: Sequence[tuple[Change, Receipt | None]], text: Text, most: int | None = MOST) -> Table:
    """Changes with their reasons and, where there is one, the answer."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for heading in COLUMNS:
        table.add_column(text(heading), overflow="fold")
    for change, receipt in rows[:most]:
        target = change.target
        answer = "" if receipt is None else receipt_words(receipt, text)
        cells = (
            text(VERBS[change.verb.value]),
            target.system,
            target.course,
            target.object,
            login_shown(target.login),
        )
        because = JOIN.join(reason_worded(one, text) for one in change.because)
        table.add_row(*(escape(plain(cell)) for cell in (*cells, because, answer)))
    return table


def _lane(out: Console, report: LaneReport, text: Text) -> None:
    out.print()
    # Of the directory a zero tells something too: nobody is new, nobody is leaving.
    told = (one for one in report.counts.items() if one[1] or report.lane == "directory")
    counts = ", ".join(f"{text(word)} {number}" for word, number in told)
    out.print(f"[bold]{escape(report.kypek)} · {text(LANES[report.lane])}[/bold]  {escape(counts)}")
    for sentence in filter(None, (report.skipped, report.paused)):
        out.print("  " + escape(sentence))
    for sentence in directory_words.story_lines(report.directory, text):
        out.print("  " + escape(sentence))
    rows: list[tuple[Change, Receipt | None]] = [*report.done, *((change, None) for change in report.waiting)]
    if rows:
        out.print(changes_table(rows, text))
        if len(rows) > MOST:
            verbs = Counter(text(VERBS[change.verb.value]) for change, _ in rows[MOST:])
            more = ", ".join(f"{verb} {count}" for verb, count in sorted(verbs.items()))
            out.print("  " + text("… and %(count)s more: %(more)s", count=len(rows) - MOST, more=more))
    rejected = report.rejected
    for number, held in report.held:
        why = escape(plain(held.why.said(text)))
        out.print(f"  {held_words(number, held.guard, text, rejected=number in rejected)}: {why}")
        out.print(changes_table([(change, None) for change in held.changes], text))
    if report.plan is not None:
        _left_alone(out, report.plan, text)
    for line in leaving_words.lines(report.leaving, text):
        out.print("  " + text("Leaving") + ": " + escape(plain(line)))
    for note in report.kept_back:
        out.print("  " + text("Kept back") + ": " + escape(worded(note, text)))
    for note in report.remarks:
        out.print("  " + text("Note") + ": " + escape(worded(note, text)))
    for sentence in report.left_in_peace:
        out.print("  [bold]" + text("Left in peace") + ":[/bold] " + escape(worded(sentence, text)))
    for problem in report.problems:
        out.print("  [bold]" + text("Problem") + ":[/bold] " + escape(worded(problem, text)))


def show_plan(out: Console, plan: Plan, text: Text) -> None:
    """Print a plan as it was made: what was free, what waited, what was left alone."""
    for standing, changes in plan.groups():
        out.print()
        out.print(f"[bold]{escape(heading_of(standing, text))}[/bold]")
        for sentence in (plain(standing.why.said(text)), step_of(standing, text)):
            if sentence:
                out.print("  " + escape(sentence))
        out.print(changes_table([(change, None) for change in changes], text, most=None))


def _left_alone(out: Console, plan: Plan, text: Text) -> None:
    for standing, changes in plan.groups():
        if standing.stand in (Stand.PINNED, Stand.PAUSED, Stand.RESTING):
            out.print(f"  {escape(heading_of(standing, text))}: {escape(worded(plain(standing.why.said(text)), text))}")
            out.print(changes_table([(change, None) for change in changes], text))
