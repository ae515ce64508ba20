"""`directory accept NAME --numbers`: the registry numbers of a directory are not to be read any more, for good."""

from __future__ import annotations

from sqlalchemy import Connection

from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.directory_words import another_source
from kypek_sync.ledger import without_numbers
from kypek_sync.sync.directory.fields import numbers_lost
from kypek_sync.sync.directory.scopes import last_reads, replaced
from kypek_sync.sync.installation import Installation


def accept(
    its: Context, connection: Connection, inst: Installation, name: str, who: str, why: str, *, yes: bool
) -> None:
    """Tell what follows, ask, and keep it. Raises `Said` where the last read did not lack them, or it is said."""
    if without_numbers.accepted(connection, name):
        raise Said(its.text("It has been accepted already that %(system)s shows no registry numbers.", system=name))
    if replaced(connection, inst, name):
        raise Said(another_source(name, its.text))
    if not lacking(connection, inst, name):
        raise Said(its.text("There is nothing to accept: the last read of %(system)s showed numbers.", system=name))
    for line in (
        "From now on its reads count without them. The numbers known from before stay with whoever has them.",
        "Who is new, or has an entry made anew, is recognised by entryUUID and login alone: one who comes back under "
        "another login is somebody new.",
        "A login that passes to another person is told by the entryUUID alone; where none is shown, by nothing.",
        "It ends by itself when most entries show a number again.",
    ):
        its.out.print(its.text(line), markup=False)
    agreed(its, its.text("Are the numbers not to be read here any more?"), yes=yes)
    without_numbers.accept(connection, name, who, why, its.clock(), inst.sharing(name))
    its.out.print(its.text("Accepted by %(who)s: it counts from the next read.", who=who), markup=False)


def lacking(connection: Connection, inst: Installation, name: str) -> bool:
    """Whether the last read of a directory's people was partial because nobody's number was shown any more."""
    return any(numbers_lost(last.why_partial) for last in last_reads(connection, inst, name) if not last.complete)
