"""Asks at the terminal for days that a connector's settings lack, and writes them into kypek.yaml."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import typer

from kypek_sync.cli.context import Context, Said
from kypek_sync.contract import year_after
from kypek_sync.plugins import load
from kypek_sync.settings import Loaded


def ask_days(its: Context, loaded: Loaded, wanted: Iterable[tuple[str, str]]) -> None:
    """Ask for each of these (connector, key), if a person is there. Who knows only when the credential was made is
    told that a year is assumed. Nothing else of the file is changed.

    Raises `Said` if the file cannot be written.
    """
    asked = list(wanted)
    if not sys.stdin.isatty():
        return
    for system, key in asked:
        last = _day(
            its, its.text("Last day of the token of %(system)s, such as 2027-11-30 (empty: not known)", system=system)
        )
        if last is None:
            made = _day(its, its.text("The day on which it was made (empty: not now)"))
            if made is None:
                continue
            last = year_after(made)
            its.out.print(its.text("It is taken to end a year later, on %(day)s.", day=last.isoformat()), markup=False)
        _write(its, loaded, system, f"{key}: {last.isoformat()}")


def _day(its: Context, question: str) -> date | None:
    """A day that a person types, None for an empty answer; what is no day is asked for again."""
    while True:
        answer = str(typer.prompt(question, default="", show_default=False)).strip()
        if not answer:
            return None
        try:
            return date.fromisoformat(answer)
        except ValueError:
            typer.echo(its.text("%(word)s is no day; write year-month-day.", word=answer), err=True)


def _write(its: Context, loaded: Loaded, system: str, line: str) -> None:
    """Put the line below the connector's `type:`, where it stands on a line of its own; else say where it goes."""
    file = loaded.file
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    place = loaded.document.line_of("connectors", system, "type")
    before = lines[place - 1]
    if not before.lstrip().startswith("type:"):
        its.out.print(
            its.text("Write it below %(system)s in %(file)s: %(line)s", system=system, file=file, line=line),
            markup=False,
        )
        return
    indent = before[: len(before) - len(before.lstrip())]
    lines.insert(place, f"{indent}{line}\n")
    draft = file.with_name(f".{file.name}.new")
    try:
        _replace(file, draft, "".join(lines))
    except OSError as error:
        raise Said(its.text("%(file)s cannot be written: %(why)s", file=error.filename, why=error.strerror)) from error
    its.out.print(its.text("Written into %(file)s: %(line)s", file=file, line=line), markup=False)


def _replace(file: Path, draft: Path, content: str) -> None:
    """Only a file that is right takes the place of the one that is. Raises `OSError`, `SettingsError`."""
    try:
        draft.write_text(content, encoding="utf-8")
        shutil.copymode(file, draft)
        load(draft)
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)
