"""`init`: asks a few questions and writes a commented `kypek.yaml`, its keys and empty programmes."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import SETTINGS_FILE, Context, Said
from kypek_sync.cli.first import Answers, school_year, settings_text
from kypek_sync.cli.system_words import unwritable
from kypek_sync.plugins import load
from kypek_sync.programme import Ground
from kypek_sync.settings import SettingsError, directorates, labels

KEYS = ("identity.key", "session.key")
TOKEN = "eclass-token"  # noqa: S105  # a file's name, not a token
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods")
STRUCTURES = "ekfe=ΕΚΦΕ, keplinet=ΚΕΠΛΗΝΕΤ"


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command()(init)


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", help="Where kypek.yaml goes.")] = Path(),
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="The centre's label: att-a, zak, …")] = None,
    name: Annotated[str | None, typer.Option("--name", help="The centre's name, as people read it.")] = None,
    mail: Annotated[str | None, typer.Option("--mail", help="The centre's own e-mail address.")] = None,
    administrator: Annotated[str | None, typer.Option("--administrator", help="Logins, separated by commas.")] = None,
    structure: Annotated[
        list[str] | None, typer.Option("--structure", help="ID=NAME of a structure; may be repeated.")
    ] = None,
    directory: Annotated[str | None, typer.Option("--directory", help="The directory's export (LDIF or CSV).")] = None,
    eclass: Annotated[str | None, typer.Option("--eclass", help="The address of Open eClass.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the defaults.")] = False,
) -> None:
    """Write the first settings. Everything starts in mode `observe`; nothing that exists is overwritten."""
    its = shared.of(context)
    file = folder / SETTINGS_FILE
    if file.exists():
        raise Said(its.text("%(file)s exists already and is left as it is: choose another name.", file=file))
    asked = _Asking(its, yes=yes)
    label = _label(its, asked("The centre's label (att-a, zak, …)", kypek, "att-a"))
    answers = Answers(
        kypek=label,
        name=asked("The centre's name", name, f"ΚΥΠΕΚ {_area(label)}"),
        school_year=school_year(its.clock()),
        mail=asked("The centre's e-mail address (empty: none yet)", mail, ""),
        administrators=_words(asked("Logins of the administrators, separated by commas", administrator, "")),
        structures=_structures(
            its, structure or _words(asked("Structures: id=name, separated by commas", None, STRUCTURES))
        ),
        directory_file=_no_workbook(
            its, asked("The directory's export, an LDIF or CSV file (empty: none yet)", directory, "")
        ),
        eclass_address=asked("The address of Open eClass (empty: none yet)", eclass, ""),
    )
    try:
        written = _write(its, folder, answers, asked)
    except OSError as error:
        raise unwritable(error.filename, error, its.text) from error
    for path in written:
        its.out.print(its.text("Written: %(file)s", file=path), markup=False)
    its.out.print(
        its.text("Keep a copy of %(file)s in another place.", file=folder / "secrets" / KEYS[0]), markup=False
    )
    its.out.print(its.text("Next: `kypek-sync check` says what works and what is missing."))


class _Asking:
    """Asks what was not given as an option; with `yes` it takes the default."""

    def __init__(self, its: Context, *, yes: bool) -> None:
        self.its, self.yes = its, yes

    def __call__(self, question: str, given: str | None, default: str) -> str:
        """The answer to a question (a message id)."""
        if given is not None:
            return given.strip()
        if self.yes:
            return default
        answer: str = typer.prompt(self.its.text(question), default=default, show_default=bool(default))
        return answer.strip()

    def secret(self, question: str) -> str:
        """An answer that is not shown; with `yes` there is none."""
        if self.yes:
            return ""
        answer: str = typer.prompt(self.its.text(question), default="", hide_input=True, show_default=False)
        return answer.strip()


def _label(its: Context, label: str) -> str:
    if label not in labels():
        sentence = its.text("%(label)s is no label of a directorate", label=label)
        raise typer.BadParameter(sentence + choosing.hint(its.text, label, labels()), param_hint="--kypek")
    return label


def _no_workbook(its: Context, file: str) -> str:
    """The file of the directory. Raises `BadParameter` for one that no connector reads."""
    if file.casefold().endswith(WORKBOOKS):
        sentence = its.text(
            "%(file)s is a workbook, which is not read as a directory: save it as CSV (UTF-8)", file=file
        )
        raise typer.BadParameter(sentence, param_hint="--directory")
    return file


def _area(label: str) -> str:
    return next(one.name for one in directorates().values() if one.label == label)


def _words(written: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in written.split(",") if word.strip())


def _structures(its: Context, written: tuple[str, ...] | list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for one in written:
        key, equals, name = (part.strip() for part in one.partition("="))
        if not equals or not key or not name:
            sentence = its.text("%(word)s: write id=name, such as ekfe=ΕΚΦΕ", word=one)
            raise typer.BadParameter(sentence, param_hint="--structure")
        found.append((key, name))
    return tuple(found)


def _write(its: Context, folder: Path, answers: Answers, asked: _Asking) -> list[Path]:
    """Write everything; settings last, and only if they are right. Raises `OSError`, `Said`."""
    hidden = folder / "secrets"
    hidden.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = [path for name in KEYS if (path := _new(hidden / name, f"{secrets.token_hex(32)}\n"))]
    token = hidden / TOKEN
    if answers.eclass_address and not token.exists():
        word = asked.secret("Its token (not shown; empty: not here yet)")
        if word and _new(token, f"{word}\n"):
            written.append(token)
    whole = Answers(
        **{name: getattr(answers, name) for name in Answers.__slots__} | {"has_eclass_token": token.exists()}
    )
    draft = folder / f".{SETTINGS_FILE}.new"
    draft.write_text(settings_text(whole), encoding="utf-8")
    try:
        load(draft)
        os.link(draft, folder / SETTINGS_FILE)  # unlike a rename, this never overwrites
    except SettingsError as error:
        told = "\n".join(f"{p.key}: {its.text(p.message, **dict(p.values))}" for p in error.problems)
        raise Said(told) from error
    finally:
        draft.unlink()
    written.append(folder / SETTINGS_FILE)
    for key, _ in whole.structures:
        (folder / "inbox" / key).mkdir(parents=True, exist_ok=True)
        written += _programme(its, folder / "programmes" / f"{key}.xlsx", key, whole)
    if answers.eclass_address and not whole.has_eclass_token:
        its.out.print(
            its.text("Open eClass stays a comment in the settings until its token is in %(file)s.", file=token),
            markup=False,
        )
    return written


def _new(file: Path, content: str) -> Path | None:
    """Write a file that only this account may read; None if it exists, which is left as it is."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as target:
            target.write(content)
    except FileExistsError:
        return None
    return file


def _programme(its: Context, file: Path, key: str, answers: Answers) -> list[Path]:
    """An empty programme for a structure, unless it has one."""
    if file.exists():
        return []
    from kypek_sync.programme import template  # its library of workbooks is large

    file.parent.mkdir(parents=True, exist_ok=True)
    platforms = ("eclass",) if answers.eclass_address else ()
    template(
        file,
        Ground(answers.kypek, key, dict(answers.structures), answers.school_year, platforms),
        language=its.language,
    )
    return [file]
