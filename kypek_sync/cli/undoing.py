"""`runs undo`: shows what would be taken back, what stays and what will be pinned; asks; does it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.pins import ASPECTS
from kypek_sync.cli.plan_words import JOIN, LANES, VERBS
from kypek_sync.cli.report import show
from kypek_sync.cli.runs import runs
from kypek_sync.cli.tables import table
from kypek_sync.contract import Target
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.runs import Deed
from kypek_sync.model import SeatState
from kypek_sync.seminar.reasons import state_word
from kypek_sync.sync.report import exit_code
from kypek_sync.sync.undo.undo import NoSuchRun, Order, Undone, undo
from kypek_sync.sync.undo.undoing import Lost, Stays

STAYS = {
    Stays.COURSE: "the course stays: no platform lets us delete one; close or delete it there by hand",
    Stays.ADOPTED: "the course stays adopted: nothing in it was changed by that, and the programme names it",
    Stays.GROUP: "the group stays, empty: it can be deleted there by hand",
    Stays.IN_GROUP: "they stay in the group: this platform takes nobody out of a group through its interface",
    Stays.TRAINER: "who teaches stays: a trainer is never demoted or put out; an administrator of the platform can",
    Stays.DATE: "the dates stay in the calendar: this platform lets us change none now",
    Stays.ANNOUNCED: "the announcement stays: it was mailed to the course already; it can be deleted there by hand",
    Stays.ANNOUNCEMENT: "the announcement stays as it is: this platform lets us change none now",
    Stays.COHORT: "they stay in the cohort as they are: this platform lets us change none now",
    Stays.RAISED: "the higher role stays: nobody is ever demoted",
    Stays.COURSE_FACTS: "the course stays as it is: this platform has no call that changes one",
    Stays.ROOM_ENDED: "the room has ended: who was inside has left",
    Stays.NOTE: "the note stays in the ticket",
    Stays.MAIL: "the mail is sent",
}
"""Why something that a run did cannot be taken back."""

LOST = {
    Lost.DATE: "who is put back gets a new date of enrolment: the first one is lost",
    Lost.TICKET: "the ticket keeps its history and gets a note",
}
"""What is not as it was."""

NO_WAY_BACK = {
    "directory": "The directory is only read: there is nothing that could be taken back.",
    "mail": "A mail that was sent cannot be taken back.",
}


def add_to(app: typer.Typer) -> None:
    """Add the verb to its noun."""
    del app
    runs.command("undo")(undo_run)


def undo_run(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The run's number.")],
    only: Annotated[
        list[int] | None, typer.Option("--only", help="Only the change of this number; may be repeated.")
    ] = None,
    seminar: Annotated[str, typer.Option("--seminar", help="Only this seminar, by its code.")] = "",
    login: Annotated[str, typer.Option("--login", help="Only this person, by login.")] = "",
    dry: Annotated[bool, typer.Option("--dry", help="Only show it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines; with --dry or --yes.")] = False,
) -> None:
    """Take back what a run did, as far as it still stands, and pin it so that the next pass does not do it again."""
    its = shared.of(context)
    if as_json and not (dry or yes):
        raise typer.BadParameter(its.text("--json asks nobody: add --dry or --yes"))
    order = Order(number, choosing.who(its, who), frozenset(only or ()), seminar, login.strip().lower())
    with its.installation() as inst:
        try:
            result = undo(inst, order, dry=True)
            _refuse_paused(result)
            if not as_json:
                _show(its, result)
            if result.possible and not dry and _something(result):
                agreed(its, its.text("Take this back?"), yes=yes)
                seen = result
                result = undo(inst, order)
                _refuse_paused(result)
                if not as_json:
                    _tell(its, result, seen)
        except NoSuchRun:
            raise Said(
                its.text("There is no run %(id)s. `kypek-sync runs list` shows those there are.", id=number)
            ) from None
    if as_json:
        its.json(_plain(result))
    raise typer.Exit(_code(result, dry=dry))


def _refuse_paused(result: Undone) -> None:
    if result.report.paused:
        raise Said(result.report.paused)


def _something(result: Undone) -> bool:
    """Whether there is anything to do: also a hold to make, and pins to let go."""
    return bool(result.report.waiting or result.report.held or result.releases)


def _code(result: Undone, *, dry: bool) -> int:
    code = exit_code([result.report], dry=dry)
    return 2 if code == 0 and (result.report.aside or (dry and result.releases)) else code


def _show(its: Context, result: Undone) -> None:
    """What would be done, before anything is."""
    text, out, run = its.text, its.out, result.run
    lane = text(LANES.get(run.lane, run.lane))
    out.print(text("Run %(id)s, %(kypek)s, %(lane)s", id=run.id, kypek=run.kypek, lane=lane), markup=False)
    if not result.possible:
        out.print(text(NO_WAY_BACK[run.lane]))
        return
    numbers = dict(result.undoing.back)
    if result.report.waiting:
        out.print("\n" + text("Will be taken back:"))
        rows = [
            (numbers[change].intent, text(VERBS[change.verb.value]), *_words(numbers[change]))
            for change in result.report.waiting
        ]
        out.print(table(("Change", "What is done", "System", "Seminar", "What", "Who"), rows, text))
    for _, held in result.report.held:
        why = held.why.said(text)
        out.print(
            "• " + text("%(count)s changes wait for approval: %(why)s", count=len(held.changes), why=why), markup=False
        )
    for left in result.report.aside:
        out.print("• " + text("left alone: %(why)s", why=left.why), markup=False)
    _show_pins(its, result)
    _show_stays(its, result)
    for change in result.already:
        verb = text(VERBS[change.verb.value])
        out.print("• " + text("was taken back before: %(what)s", what=f"{verb} {_thing(change.target)}"), markup=False)
    for problem in result.report.problems:
        out.print("[bold]" + text("Problem") + ":[/bold] " + escape(problem))
    if not _something(result):
        out.print(text("There is nothing that could be taken back."))


def _show_pins(its: Context, result: Undone) -> None:
    text = its.text
    if result.releases:
        its.out.print(text("%(count)s pins of run %(run)s are let go.", count=result.releases, run=result.run.id))
    if result.pins:
        counted = Counter(text(ASPECTS[aspect]) for aspect, _ in result.pins)
        words = ", ".join(f"{word} {count}" for word, count in sorted(counted.items()))
        its.out.print(text("Will be pinned, so that the next pass leaves it as it is: %(what)s", what=words))


def _show_stays(its: Context, result: Undone) -> None:
    """What cannot be taken back, and what is lost, said before it starts."""
    text, out = its.text, its.out
    lines = []
    for why in Stays:
        those = [deed for deed, reason in result.undoing.stays if reason is why]
        if those:
            lines.append(f"{text(STAYS[why])}: {_named(those)}")
    for what in Lost:
        those = [deed for deed, reason in result.undoing.lost if reason is what]
        if those:
            lines.append(f"{text(LOST[what])}: {_named(those)}")
    for row in result.mail:
        sent = row.sent is not None
        said = text("told by mail: %(login)s, %(cause)s") if sent else text("a notice waits: %(login)s, %(cause)s")
        lines.append(said % {"login": login_shown(row.notice.login), "cause": row.notice.cause})
    if result.decisions:
        kept = ", ".join(
            f"{one.seminar} {login_shown(one.login)} → {state_word(SeatState(one.after), text)}"
            for one in result.decisions[:20]
        )
        more = " …" if len(result.decisions) > 20 else ""
        lines.append(text("decisions on seats stay as they are: %(what)s", what=kept + more))
    if lines:
        out.print("\n" + text("Cannot be taken back, or is not as it was:"))
        for line in lines:
            out.print("• " + line, markup=False)


def _tell(its: Context, result: Undone, seen: Undone) -> None:
    """What was done."""
    report = replace(result.report, problems=[p for p in result.report.problems if p not in seen.report.problems])
    show(its.out, [report], its.text)
    if result.pins:
        its.out.print(
            its.text(
                "%(count)s things are pinned (`kypek-sync pins list`). When the cause is mended: `kypek-sync pins "
                "release --run %(run)s`.",
                count=len(result.pins),
                run=result.report.run,
            ),
            markup=False,
        )
    if result.report.held:
        its.out.print(
            its.text(
                "What waits is done by `kypek-sync runs undo %(run)s` once it is approved (`kypek-sync holds list`).",
                run=result.run.id,
            ),
            markup=False,
        )


def _words(deed: Deed) -> tuple[str, str, str, str]:
    target = deed.change.target
    return target.system, target.course, target.object, target.login


def _thing(target: Target) -> str:
    words = (target.system, target.course, target.object, login_shown(target.login))
    return " ".join(word for word in words if word)


def _named(those: list[Deed]) -> str:
    words = [_thing(deed.change.target) for deed in those]
    return JOIN.join(words[:10]) + (" …" if len(words) > 10 else "")


def _plain(result: Undone) -> dict[str, object]:
    return {
        "run": result.run.id,
        "possible": result.possible,
        "report": result.report.as_dict(),
        "back": [{"number": deed.intent, "change": dump(change)} for change, deed in result.undoing.back],
        "stays": [{"number": deed.intent, "why": why.value} for deed, why in result.undoing.stays],
        "lost": [{"number": deed.intent, "what": what.value} for deed, what in result.undoing.lost],
        "refused": [{"change": dump(change), "why": why} for change, why in result.fallen],
        "already": [dump(change) for change in result.already],
        "pins": [{"aspect": aspect, "target": dump(target)} for aspect, target in result.pins],
        "releases": result.releases,
        "decisions": [dump(one) for one in result.decisions],
        "mail": [{"login": row.notice.login, "cause": row.notice.cause, "sent": dump(row.sent)} for row in result.mail],
    }
