"""`requests`: the letters by which a centre asks the school network for what its connectors need, as text files."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from babel.dates import format_date

import kypek_sync.cli.cas_letter as cas_letter
import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Said
from kypek_sync.cli.system_words import unwritable
from kypek_sync.cli.tables import table
from kypek_sync.contract import Letterhead
from kypek_sync.language import Text, speaker
from kypek_sync.model import local
from kypek_sync.plugins import BrokenPlugin
from kypek_sync.plugins.discovery import installed
from kypek_sync.programme.marking import safely
from kypek_sync.settings import KypekEntry, Settings, SettingsError, load

WIDTH = 78
WRITTEN = {"new": "written", "same": "as before", "kept": "kept as it is"}


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command("requests")(write_letters)


def write_letters(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", help="Where the letters go: a folder for each KYPEK.")] = Path(
        "requests"
    ),
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also over letters that were changed by hand.")
    ] = False,
) -> None:
    """Write the letters (in Greek) that ask for accounts, tokens and keys. Those changed by hand are kept."""
    its = shared.of(context)
    try:
        settings = load(its.file).settings
    except SettingsError as error:
        raise Said(its.mistakes(error)) from error
    chosen = [kypek] if kypek else sorted(settings.kypeks)
    if kypek and kypek not in settings.kypeks:
        sentence = its.text("there is no KYPEK %(name)s", name=kypek)
        raise typer.BadParameter(sentence + choosing.hint(its.text, kypek, settings.kypeks))
    rows: list[tuple[str, str, str]] = []
    broken: list[str] = []
    for name, head in _heads(broken):
        for one in chosen:
            file = folder / one / f"{name}.txt"
            content = letter(head, settings.kypeks[one], settings, its.clock()).encode("utf-8")
            rows.append(
                (str(file), head.subject, its.text(WRITTEN[_write(file, content, its.text, overwrite=overwrite)]))
            )
    its.out.print(table(("Letter", "Subject", "Written"), rows, its.text))
    its.out.print(its.text("Read each before you send it, and sign it."))
    if broken:
        raise Said("\n".join(broken))


def letter(head: Letterhead, centre: KypekEntry, settings: Settings, now: datetime) -> str:
    """The whole letter of a centre, in Greek, its lines wrapped."""
    text = speaker("el")
    lines = [
        text("From: %(centre)s", centre=centre.name),
        *([text("E-mail: %(mail)s", mail=centre.mail)] if centre.mail else []),
        text("To: the administrators of the Greek School Network"),
        text("Date: %(date)s", date=format_date(local(now), "d MMMM y", locale="el")),
        "",
        *_wrapped(text("Subject: %(subject)s", subject=head.subject)),
        "",
    ]
    for paragraph in head.paragraphs:
        lines += [*_wrapped(paragraph), ""]
    lines += [
        *_wrapped(text("The address of our pages: %(page)s", page=settings.public_address)),
        "",
        text("Thank you."),
        "",
        text("For %(centre)s", centre=centre.name),
        text("The head of the centre"),
    ]
    return "\n".join(lines) + "\n"


def _heads(broken: list[str]) -> Iterator[tuple[str, Letterhead]]:
    """What may be asked for: every installed connector with a letter, and the sign-in. Those that cannot be imported
    are told in `broken`."""
    specs = installed()
    for name in specs:
        try:
            head = specs[name].letter
        except BrokenPlugin as error:
            broken.append(str(error))
            continue
        if head is not None:
            yield name, head
    yield "cas", cas_letter.LETTER


def _write(file: Path, content: bytes, text: Text, *, overwrite: bool) -> str:
    """Write a letter unless somebody changed it; what was done, as a key of `WRITTEN`."""
    try:
        if file.exists():
            if file.read_bytes() == content:
                return "same"
            if not overwrite:
                return "kept"
        file.parent.mkdir(parents=True, exist_ok=True)
        safely(file, content)
    except OSError as error:
        raise unwritable(file, error, text) from error
    return "new"


def _wrapped(paragraph: str) -> list[str]:
    return textwrap.wrap(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)
