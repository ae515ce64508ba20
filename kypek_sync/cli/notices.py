"""`notices preview`: a letter as people would get it, with an invented seminar; the built-in words or one's own."""

from __future__ import annotations

from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Said
from kypek_sync.cli.tables import table
from kypek_sync.notices.examples import EXAMPLE
from kypek_sync.notices.overrides import OVERRIDABLE

notices = typer.Typer(no_args_is_help=True, help="Letters: what they say.")


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(notices, name="notices")


@notices.command()
def preview(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which letter; without it: all, by name.")] = "",
) -> None:
    """Show a letter with an invented seminar. Exit code 1 if your words for it are not used because of a mistake."""
    its = shared.of(context)
    with its.installation() as inst:
        overrides, text = inst.overrides(), inst.text
    if not name:
        rows = []
        for kind in OVERRIDABLE:
            subject = overrides.example(kind, text).subject
            own = "own words" if overrides.file(kind) is not None else "built-in words"
            rows.append((kind, its.text("a mistake" if kind in overrides.troubles else own), subject))
        its.out.print(table(("Letter", "Words", "Subject"), rows, its.text))
        fields = ", ".join(("name", *EXAMPLE, "usual", "usual_subject"))
        its.out.print(its.text("Fields: %(fields)s", fields=fields), markup=False)
    elif name not in OVERRIDABLE:
        sentence = its.text("there is no letter %(name)s", name=name) + choosing.hint(its.text, name, OVERRIDABLE)
        raise typer.BadParameter(sentence, param_hint="NAME")
    else:
        said = overrides.example(name, text)
        its.out.print(f"{said.subject}\n\n{said.body}", markup=False)
    if overrides.troubles:
        raise Said("\n".join(one.said(its.text) for one in overrides.troubles.values()))
