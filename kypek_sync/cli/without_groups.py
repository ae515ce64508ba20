"""`directory accept NAME --groups`: nobody has a role by a group of a directory any more."""

from __future__ import annotations

from sqlalchemy import Connection

from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.directory_words import another_source
from kypek_sync.ledger import without_groups
from kypek_sync.sync.directory.fields import groups_lost
from kypek_sync.sync.directory.scopes import last_reads, replaced
from kypek_sync.sync.installation import Installation


def accept(
    its: Context, connection: Connection, inst: Installation, name: str, who: str, why: str, *, yes: bool
) -> None:
    """Tell what follows, ask, and keep it. Raises `Said` where the last read did not lack them, or it is said."""
    if without_groups.accepted(connection, name):
        raise Said(its.text("It has been accepted already that nobody is in a group of %(system)s.", system=name))
    if replaced(connection, inst, name):
        raise Said(another_source(name, its.text))
    if not any(groups_lost(last.why_partial) for last in last_reads(connection, inst, name) if not last.complete):
        sentence = "There is nothing to accept: the last read of %(system)s showed who is in a group, or nobody was."
        raise Said(its.text(sentence, system=name))
    for line in (
        "The roles that groups gave (ΠΛΗΝΕΤ, ΚΕΠΛΗΝΕΤ) end with the next full read, for everybody who has one.",
        "If only the right to read memberOf was lost, ask for it back instead: until then these roles stay.",
        "It ends by itself when somebody is shown in a group again.",
    ):
        its.out.print(its.text(line), markup=False)
    agreed(its, its.text("Is nobody in a group there any more?"), yes=yes)
    without_groups.accept(connection, name, who, why, its.clock(), inst.sharing(name))
    its.out.print(its.text("Accepted by %(who)s: it counts from the next read.", who=who), markup=False)
