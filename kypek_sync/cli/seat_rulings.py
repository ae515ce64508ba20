"""`seats grant|refuse|swap|reset CODE LOGIN`: what an officer decides about one application by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.ruling_words import kept_back, reason_given
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import SeatState, Seminar
from kypek_sync.programme.calendar import Doubt
from kypek_sync.programme.letters import squeeze
from kypek_sync.programme.people import read_login
from kypek_sync.seminar.reasons import state_word
from kypek_sync.sync.seats import by_name
from kypek_sync.sync.seats.by_name import Asked, NotDecided

Code = Annotated[str, typer.Argument(help="The seminar's code.")]
Login = Annotated[str, typer.Argument(help="The person's login.")]
Why = Annotated[str, typer.Option("--why", help="The reason: kept beside your name, and told to the person.")]
By = Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")]
Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Vouch = Annotated[bool, typer.Option("--vouch", help="Also an account that the directory does not know yet.")]


class _Said(TypedDict):
    why: str
    who: str
    now: datetime


@dataclass(frozen=True)
class Case:
    """What a command decides about: an open ledger, the seminar, the people named, who decides, why and when; and how
    it is said."""

    its: Context
    connection: Connection
    offering: Offering
    people: Mapping[str, Asked]
    who: str
    why: str
    now: datetime

    @property
    def seminar(self) -> Seminar:
        """The seminar."""
        return self.offering.seminar

    @property
    def place(self) -> tuple[Connection, Offering]:
        """Where it is decided."""
        return self.connection, self.offering

    @property
    def said(self) -> _Said:
        """Who decides, why and when."""
        return {"why": self.why, "who": self.who, "now": self.now}

    def one(self, given: str) -> Asked:
        """What is known of somebody, by the login as it was typed."""
        return self.people[login_given(given)]

    def text(self, msgid: str, **facts: str) -> str:
        """A question about the seminar, in the language of whoever is asked; `%(title)s` is its title."""
        return self.its.text(msgid, title=self.seminar.title, **facts)


def add_to(seats: typer.Typer) -> None:
    """Add the verbs to the noun."""
    for verb in (grant, refuse, swap, reset):
        seats.command()(verb)


def grant(
    context: typer.Context,
    code: Code,
    login: Login,
    why: Why,
    part: Annotated[str, typer.Option("--part", help="The part of the seminar, for who has not applied.")] = "",
    first: Annotated[bool, typer.Option("--first", help="First on the waiting list where no seat is free.")] = False,
    vouch: Vouch = False,
    who: By = "",
    kypek: Kypek = None,
    yes: Yes = False,
) -> None:
    """Give somebody the next free seat, whatever the rules say: it is an exception by name."""

    def asks(case: Case) -> str:
        return case.text(
            "%(name)s gets the next free seat of %(title)s, before those who wait.", name=_called(case.one(login))
        )

    def decide(case: Case) -> None:
        chosen = _part_id(case.seminar, part)
        by_name.grant(*case.place, case.one(login), **case.said, part=chosen, vouched=vouch, queue=first)

    _decide(context, code, (login,), (why, who, kypek), decide, asks, yes=yes)


def refuse(
    context: typer.Context, code: Code, login: Login, why: Why, who: By = "", kypek: Kypek = None, yes: Yes = False
) -> None:
    """Refuse somebody's application, also one that has a seat; the next one moves up."""

    def asks(case: Case) -> str:
        someone = case.one(login)
        return case.text(
            "%(name)s (%(state)s) gets no seat in %(title)s, and is told the reason. If a seat becomes free, it goes "
            "to the next one.",
            name=_called(someone),
            state=state_word(someone.seat.state if someone.seat else SeatState.UNDER_REVIEW, case.its.text),
        )

    def decide(case: Case) -> None:
        by_name.refuse(*case.place, case.one(login), **case.said)

    _decide(context, code, (login,), (why, who, kypek), decide, asks, yes=yes)


def swap(
    context: typer.Context,
    code: Code,
    leaving: Annotated[str, typer.Argument(help="The login of who has the seat.")],
    coming: Annotated[str, typer.Argument(help="The login of who gets it.")],
    why: Why,
    vouch: Vouch = False,
    who: By = "",
    kypek: Kypek = None,
    yes: Yes = False,
) -> None:
    """Let a seat go from one person to another, before whoever waits."""

    def asks(case: Case) -> str:
        return case.text(
            "The seat of %(leaving)s in %(title)s goes to %(coming)s, before those who wait. Both are told.",
            leaving=_called(case.one(leaving)),
            coming=_called(case.one(coming)),
        )

    def decide(case: Case) -> None:
        by_name.swap(*case.place, case.one(leaving), case.one(coming), **case.said, vouched=vouch)

    _decide(context, code, (leaving, coming), (why, who, kypek), decide, asks, yes=yes)


def reset(context: typer.Context, code: Code, login: Login, why: Why, who: By = "", kypek: Kypek = None) -> None:
    """Take a decision by name back: the rules decide about this application again. A seat that was given stays."""

    def decide(case: Case) -> None:
        by_name.reset(*case.place, case.one(login), **case.said)

    _decide(context, code, (login,), (why, who, kypek), decide)


def _decide(
    context: typer.Context,
    code: str,
    logins: tuple[str, ...],
    given: tuple[str, str, str | None],
    decide: Callable[[Case], None],
    asks: Callable[[Case], str] | None = None,
    *,
    yes: bool = True,
) -> None:
    """Find the seminar and the people, ask, decide, and say what comes next; `given` are why, who and the KYPEK. Raises
    `Said` where it cannot be decided, before anybody is asked."""
    its, (why, who, kypek) = shared.of(context), given
    by = choosing.who(its, who)
    why = reason_given(its, why)
    if not why:
        raise typer.BadParameter(its.text("say why with --why"))
    with its.installation() as inst:

        def case(connection: Connection) -> Case:
            offering = choosing.seminar(its, inst, connection, code, kypek)
            wanted = [login_given(one) for one in logins]
            people = by_name.asked(connection, inst.kypek(offering.kypek).directory, offering, wanted)
            return Case(its, connection, offering, people, by, why, inst.clock())

        try:
            with inst.ledger.begin(keep=False) as connection:  # tried out: what cannot be is not asked about
                tried = case(connection)
                question = asks(tried) if asks is not None else ""
                decide(tried)
            if question:
                agreed(its, f"{question} {its.text('Go on?')}", yes=yes)
            with inst.ledger.begin() as connection:
                made = case(connection)
                decide(made)
                waits = kept_back(connection, made.offering, its.text, made.now)
        except NotDecided as problem:
            raise Said(problem.sentence.said(its.text)) from problem
    said = "Decided by %(who)s." if waits else "Decided by %(who)s; the next pass of the seats goes by it."
    for line in (its.text(said, who=by), *waits):
        its.out.print(line, markup=False)


def login_given(given: str) -> str:
    """As the directory writes it: an address at sch.gr is its login."""
    try:
        return read_login(given)
    except Doubt:
        return given.strip().lower()


def _called(someone: Asked) -> str:
    shown = login_shown(someone.login)
    return f"{someone.known.person.name} ({shown})" if someone.known else shown


def _part_id(seminar: Seminar, named: str) -> str:
    """The id of a part by its name or id; what names none is left for the rules to refuse."""
    wanted = squeeze(named)
    return next((part.id for part in seminar.parts if wanted in (squeeze(part.name), squeeze(part.id))), named)
