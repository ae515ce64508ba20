"""`sessions cancel|move|postpone|undo|list`: a strike, snow, a hall that is not free."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.session_words as words
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.report import show
from kypek_sync.cli.ruling_words import reason_given
from kypek_sync.cli.tables import table
from kypek_sync.ledger import session_rulings
from kypek_sync.model import ATHENS
from kypek_sync.seminar.session_rulings import SessionWord
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import exit_code
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.seats.by_name import NotDecided
from kypek_sync.sync.sessions import reaching
from kypek_sync.sync.sessions.deciding import Decision, Wanted, carry_out, find, find_batch

sessions = typer.Typer(no_args_is_help=True, help="Sessions that cannot take place as planned.")

Day = Annotated[str, typer.Option("--date", help="The sessions of this day: 30/11/2026 or 2026-11-30.")]
Structure = Annotated[str, typer.Option("--structure", help="Only of this structure.")]
Code = Annotated[str, typer.Option("--code", help="Only of the seminar of this code.")]
Number = Annotated[int | None, typer.Option("--session", help="Only the session of this number; with --code.")]
Reason = Annotated[str, typer.Option("--reason", help="The reason: kept beside your name, and told to everybody.")]
By = Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")]
Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="The KYPEK, where the settings have several.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Later = Annotated[bool, typer.Option("--later", help="Leave platforms and letters to the service's next passes.")]
Json = Annotated[bool, typer.Option("--json", help="For machines; without --yes only the plan.")]

_YEARS = range(2000, 2100)
"""A day of another year was mistyped."""
_Find = Callable[[Connection, Installation, str], list[Decision]]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(sessions, name="sessions")


@sessions.command()
def cancel(
    context: typer.Context,
    reason: Reason,
    day: Day = "",
    structure: Structure = "",
    code: Code = "",
    number: Number = None,
    who: By = "",
    kypek: Kypek = None,
    yes: Yes = False,
    later: Later = False,
    as_json: Json = False,
) -> None:
    """These sessions do not take place. Everybody concerned gets one letter."""
    asked = (SessionWord.CANCEL, reason, day, structure, code, number)
    _decide(context, _wanted(context, asked), (who, kypek), yes=yes, later=later, as_json=as_json)


@sessions.command()
def postpone(
    context: typer.Context,
    reason: Reason,
    day: Day = "",
    structure: Structure = "",
    code: Code = "",
    number: Number = None,
    who: By = "",
    kypek: Kypek = None,
    yes: Yes = False,
    later: Later = False,
    as_json: Json = False,
) -> None:
    """These sessions take place on another day, which is told later: by `sessions move`, or by the programme."""
    asked = (SessionWord.POSTPONE, reason, day, structure, code, number)
    _decide(context, _wanted(context, asked), (who, kypek), yes=yes, later=later, as_json=as_json)


@sessions.command()
def move(
    context: typer.Context,
    reason: Reason,
    to: Annotated[str, typer.Option("--to", help="The new day: 30/11/2026 or 2026-11-30.")] = "",
    at: Annotated[
        str, typer.Option("--at", help="The new hour at which they begin, such as 17:30; else the same.")
    ] = "",
    place: Annotated[str, typer.Option("--place", help="The new place; else the same.")] = "",
    day: Day = "",
    structure: Structure = "",
    code: Code = "",
    number: Number = None,
    who: By = "",
    kypek: Kypek = None,
    yes: Yes = False,
    later: Later = False,
    as_json: Json = False,
) -> None:
    """These sessions take place on another day, at another hour or elsewhere."""
    asked = (SessionWord.MOVE, reason, day, structure, code, number)
    wanted = _wanted(context, asked, (to, at, place))
    _decide(context, wanted, (who, kypek), yes=yes, later=later, as_json=as_json)


@sessions.command()
def undo(
    context: typer.Context,
    decision: Annotated[int, typer.Argument(help="The number of the decision; `sessions list` shows it.")],
    reason: Reason,
    who: By = "",
    kypek: Kypek = None,
    yes: Yes = False,
    later: Later = False,
    as_json: Json = False,
) -> None:
    """Take such a decision back: its sessions are again as their programme says."""
    why = _reason(shared.of(context), reason)

    def batch(connection: Connection, inst: Installation, one: str) -> list[Decision]:
        return find_batch(connection, inst, one, decision, why)

    _decide(context, batch, (who, kypek), yes=yes, later=later, as_json=as_json)


@sessions.command("list")
def list_decisions(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those too that do not count any more.")] = False,
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """What was decided of sessions beside the programme."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = {
            one: session_rulings.history(connection, one, counting=not everything)
            for one in choosing.kypeks(its, inst, kypek)
        }
    if as_json:
        its.json([words.recorded_plain(one, it) for one, those in found.items() for it in those])
    elif not any(found.values()):
        its.out.print(its.text("No session stands otherwise than its programme says."))
    else:
        rows = [words.recorded_row(it, its.text) for those in found.values() for it in those]
        its.out.print(table(words.HEADINGS, rows, its.text))


def _wanted(
    context: typer.Context,
    asked: tuple[SessionWord, str, str, str, str, int | None],
    new: tuple[str, str, str] = ("", "", ""),
) -> _Find:
    """What was asked for, as something that finds the sessions. Wrong usage where it says too little, or too much."""
    its, (word, reason, day, structure, code, number), (to, at, place) = shared.of(context), asked, new
    if not day and not code:
        raise typer.BadParameter(its.text("say which sessions: --date, or --code"))
    if number is not None and not code:
        raise typer.BadParameter(its.text("--session needs --code"), param_hint="--session")
    if word is SessionWord.MOVE and not (to or at or place.strip()):
        raise typer.BadParameter(its.text("say where they move: --to, --at or --place"))
    if to and not day and number is None:
        raise typer.BadParameter(its.text("say which of its sessions move: --date or --session"))
    wanted = Wanted(
        *(word, _reason(its, reason), _day(its, day, "--date") if day else None, structure, code, number),
        to=_day(its, to, "--to") if to else None,
        at=_hour(its, at) if at else None,
        place=" ".join(place.split()),
    )

    def those(connection: Connection, inst: Installation, one: str) -> list[Decision]:
        if structure and structure not in inst.kypek(one).structures:
            known = inst.kypek(one).structures
            problem = its.text("there is no structure %(name)s", name=structure)
            raise typer.BadParameter(problem + choosing.hint(its.text, structure, known), param_hint="--structure")
        return find(connection, inst, one, wanted)

    return those


def _decide(
    context: typer.Context, those: _Find, given: tuple[str, str | None], *, yes: bool, later: bool, as_json: bool
) -> None:
    """Try it out, show what would happen, ask, do it, and bring it to the platforms and people."""
    its, (who, kypek) = shared.of(context), given
    by = choosing.who(its, who)
    with its.installation() as inst:
        one = _kypek(its, inst, kypek)
        plan = _tried(inst, one, those, by, its, keep=yes and as_json)
        if as_json:
            its.json(plan.plain(applied=yes))
        else:
            for line in plan.lines(its.text):
                its.out.print(line, markup=False)
            agreed(its, its.text("Go on?"), yes=yes)
            _confirmed(inst, one, those, by, its, plan)
        if as_json and not yes:
            raise typer.Exit(2)
        reports = [] if later else [run_lane(inst, one, lane) for lane in ("mail", "seats")]
    if as_json:
        raise typer.Exit(exit_code(reports))
    show(its.out, reports, its.text)
    raise typer.Exit(exit_code(reports))


def _confirmed(inst: Installation, kypek: str, those: _Find, who: str, its: Context, shown: words.SessionPlan) -> None:
    """Do what was shown; nothing if it is not the same any more."""
    with inst.ledger.begin() as connection:
        made = _made(connection, inst, kypek, those, who, its)
        if made.marks != shown.marks:
            raise Said(its.text("Something has changed meanwhile, and nothing was decided: please look again."))
    its.out.print(made.said(its.text), markup=False)


def _tried(inst: Installation, kypek: str, those: _Find, who: str, its: Context, *, keep: bool) -> words.SessionPlan:
    with inst.ledger.begin(keep=keep) as connection:
        return _made(connection, inst, kypek, those, who, its)


def _made(
    connection: Connection, inst: Installation, kypek: str, those: _Find, who: str, its: Context
) -> words.SessionPlan:
    """Carry it out in a transaction, which may be kept or not: what it comes to."""
    try:
        decisions = those(connection, inst, kypek)
    except NotDecided as problem:
        raise Said(problem.sentence.said(its.text)) from problem
    platforms = reaching.platforms(connection, kypek, decisions)
    offers, rooms = reaching.offers(connection, kypek, decisions), reaching.rooms(inst, kypek, decisions)
    outcome = carry_out(connection, inst, kypek, decisions, who)
    return words.SessionPlan(kypek, outcome, platforms, rooms, offers)


def _kypek(its: Context, inst: Installation, given: str | None) -> str:
    chosen = choosing.kypeks(its, inst, given)
    if len(chosen) != 1:
        raise typer.BadParameter(its.text("say which KYPEK with --kypek: %(names)s", names=", ".join(chosen)))
    return chosen[0]


def _reason(its: Context, given: str) -> str:
    why = reason_given(its, given)
    if not why:
        raise typer.BadParameter(its.text("say why with --reason"), param_hint="--reason")
    return why


def _day(its: Context, written: str, option: str) -> date:
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(written.strip(), shape).replace(tzinfo=ATHENS).date()
        except ValueError:
            continue
        if day.year in _YEARS:
            return day
    problem = its.text("%(day)s is no date: write 30/11/2026 or 2026-11-30", day=written)
    raise typer.BadParameter(problem, param_hint=option)


def _hour(its: Context, written: str) -> time:
    try:
        return datetime.strptime(written.strip(), "%H:%M").replace(tzinfo=ATHENS).time()
    except ValueError:
        problem = its.text("%(hour)s is no hour: write 17:30", hour=written)
        raise typer.BadParameter(problem, param_hint="--at") from None
