"""`directory confirm`: whose a login is, where the directory leaves it in doubt."""

from __future__ import annotations

from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Said
from kypek_sync.cli.directory_choice import Kypek, directories
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.switching_words import unread_lines
from kypek_sync.cli.two_holders import two_holders, with_other, with_same
from kypek_sync.ledger import identities
from kypek_sync.ledger.identities import Verdict
from kypek_sync.sync.directory.unread import unread


def confirm(
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="The login of which it is not sure whose it is.")],
    why: Annotated[str, typer.Option("--why", help="How you know it: it is kept beside your name.")],
    same: Annotated[bool, typer.Option("--same", help="Who has it is the same person as before.")] = False,
    other: Annotated[bool, typer.Option("--other", help="Who has it is another person than before.")] = False,
    who: Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")] = "",
    kypek: Kypek = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Say whether the holder of a login is the same person as before, or another one."""
    its = shared.of(context)
    decides = choosing.who(its, who)
    if same == other:
        raise typer.BadParameter(its.text("say either --same or --other"))
    if not why.strip():
        raise typer.BadParameter(its.text("say why with --why"))
    verdict = Verdict.SAME if same else Verdict.OTHER
    with its.installation() as inst, inst.ledger.begin() as connection:
        found = [
            (source, doubt)
            for source in directories(its, inst, kypek)
            if (doubt := identities.doubt(connection, source, login.strip().lower(), inst.sharing(source))) is not None
        ]
        if not found:
            waits = [unread(connection, inst, source) for source in directories(its, inst, kypek)]
            if told := unread_lines(waits, its.text):
                raise Said("\n".join(told))
            raise Said(its.text("It is not in doubt whose the login %(login)s is.", login=login_shown(login)))
        for source, doubt in found:
            if (those := two_holders(connection, inst, source, doubt.login)) is not None:
                for line in (with_same(those, its.text),) if same else with_other(those, its.text):
                    its.out.print(line, markup=False)
        question = its.text("Is it the same person?") if same else its.text("Is it another person?")
        agreed(its, question, yes=yes)
        for source, doubt in found:
            users = sorted(inst.sharing(source))
            identities.decide(connection, source, doubt, verdict, decides, why.strip(), its.clock(), users)
    its.out.print(
        its.text("Decided by %(who)s; the next pass of the seats goes by it.", who=decides),
        markup=False,
    )
