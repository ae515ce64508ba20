"""Writes settings files for the tests: a small whole one, changed where a test wants it wrong."""

from __future__ import annotations

from pathlib import Path

from kypek_sync.settings import Problem, SettingsError, load

ENVIRON = {"KYPEK_KEY": "0123456789abcdef0123456789abcdef"}

WHOLE = """\
school_year: 2026-2027
identity_key: env:KYPEK_KEY
connectors:
  people:
    type: paper
  eclass:
    type: school
    mode: propose
kypeks:
  att-a:
    name: ΚΥΠΕΚ Α΄ Αθήνας
    directory: people
    courses: eclass
    structures:
      ekfe:
        name: ΕΚΦΕ
        officers: [Maria.P]
"""


def write(folder: Path, text: str = WHOLE, *changes: tuple[str, str], name: str = "kypek.yaml") -> Path:
    """A settings file with `changes` (old, new) made in `text`; every old text must be there."""
    for old, new in changes:
        if old not in text:
            raise LookupError(f"the text to change is not there: {old}")
        text = text.replace(old, new, 1)
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def changed(folder: Path, old: str, new: str) -> Path:
    """The whole file with one change."""
    return write(folder, WHOLE, (old, new))


def problems(file: Path, environ: dict[str, str] | None = None) -> tuple[Problem, ...]:
    """The mistakes in a file; none if it loads."""
    try:
        load(file, environ=ENVIRON if environ is None else environ)
    except SettingsError as error:
        return error.problems
    return ()


def said(file: Path, environ: dict[str, str] | None = None) -> list[str]:
    """The mistakes as lines, without the folder."""
    return [str(problem).replace(f"{file.parent}/", "") for problem in problems(file, environ)]
