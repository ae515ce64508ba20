"""Finds the KYPEK, structure or seminar that a command names, or says which there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from getpass import getuser

import typer
from sqlalchemy import Connection

from kypek_sync.cli.context import Context, Said
from kypek_sync.language import Text
from kypek_sync.ledger import programmes, searching
from kypek_sync.ledger.programmes import Offering
from kypek_sync.settings import listed, nearest
from kypek_sync.sync.installation import Installation


def kypeks(its: Context, inst: Installation, wanted: str | None) -> list[str]:
    """The KYPEK that is asked for, or all. Wrong usage if the settings have no such one."""
    known = sorted(inst.loaded.settings.kypeks)
    if wanted is None:
        return known
    if wanted not in known:
        raise typer.BadParameter(its.text("there is no KYPEK %(name)s", name=wanted) + hint(its.text, wanted, known))
    return [wanted]


def structure(its: Context, inst: Installation, wanted: str, kypek: str | None) -> tuple[str, str]:
    """The KYPEK and id of a structure; an empty word means the only one there is. Wrong usage if there is none, or if
    several KYPEKs have one of that name."""
    chosen = kypeks(its, inst, kypek)
    if not wanted:
        every = [(one, key) for one in chosen for key in inst.kypek(one).structures]
        if len(every) == 1:
            return every[0]
        names = listed(sorted({key for _, key in every}))
        raise typer.BadParameter(its.text("say which structure with --structure: %(names)s", names=names))
    owners = [one for one in chosen if wanted in inst.kypek(one).structures]
    if len(owners) == 1:
        return owners[0], wanted
    if owners:
        raise typer.BadParameter(
            its.text("%(kypeks)s have a structure %(name)s: add --kypek", kypeks=listed(owners), name=wanted)
        )
    known = {key for one in chosen for key in inst.kypek(one).structures}
    raise typer.BadParameter(its.text("there is no structure %(name)s", name=wanted) + hint(its.text, wanted, known))


def seminar(its: Context, inst: Installation, connection: Connection, code: str, kypek: str | None) -> Offering:
    """A seminar by its code. Raises `Said` if no programme has it; wrong usage if several KYPEKs have one of that code:
    what is decided of the wrong one would reach other people."""
    found = seminars(its, inst, connection, code, kypek)
    if len(found) > 1:
        names = listed(sorted(one.kypek for one in found))
        raise typer.BadParameter(its.text("%(kypeks)s have a seminar %(code)s: add --kypek", kypeks=names, code=code))
    return found[0]


def seminars(its: Context, inst: Installation, connection: Connection, code: str, kypek: str | None) -> list[Offering]:
    """The seminars of that code, one for each KYPEK that has it. Raises `Said` if no programme has it."""
    every = [programmes.in_force(connection, one) for one in kypeks(its, inst, kypek)]
    found = [offerings[code] for offerings in every if code in offerings]
    if found:
        return found
    known = [one for offerings in every for one in offerings]
    sentence = its.text("There is no seminar %(code)s", code=code) + hint(its.text, code, known)
    raise Said(f"{ended(sentence)} " + its.text("Seminars come from the programmes at the next `kypek-sync sync`."))


def hint(text: Text, word: str, known: Collection[str]) -> str:
    """`; did you mean 'x'?` or `; there are: x, y`."""
    if instead := meant(text, word, known):
        return instead
    if len(known) > 20:
        return text("; there are %(count)s others", count=len(known))
    return text("; there are: %(known)s", known=listed(known))


def ended(sentence: str) -> str:
    """A sentence with its full stop, unless it asks (in Greek with a semicolon)."""
    return sentence if sentence[-1:] in ("?", ";", ".") else f"{sentence}."


def meant(text: Text, word: str, like: Collection[str]) -> str:
    """`; did you mean 'x'?`, or nothing where none of the words is like it."""
    instead = nearest(word, like)
    return text("; did you mean '%(instead)s'?", instead=instead) if instead else ""


def login_hint(text: Text, connection: Connection, sources: Sequence[str], login: str) -> str:
    """What else somebody may have meant who typed a login that nobody has: the nearest of those that are like it, else
    how many there are."""
    like = searching.similar_logins(connection, sources, login)
    if instead := meant(text, login, like):
        return instead
    others = text("; there are %(count)s others", count=searching.count_logins(connection, sources))
    return f"{others}. " + text("`kypek-sync directory find` looks for people by name.")


def who(its: Context, given: str) -> str:
    """Who decides: the name given, else the account of the operating system. Raises `Said` when neither is known."""
    if given.strip():
        return given.strip()
    try:
        return getuser()
    except (KeyError, OSError):
        raise Said(its.text("Who decides is not known here: add --who NAME.")) from None
