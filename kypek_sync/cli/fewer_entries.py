"""`directory accept NAME`: a directory, or a register of units, really has become as small as its last read showed."""

from __future__ import annotations

from sqlalchemy import Connection

from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.directory_words import another_source
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.plan_words import JOIN
from kypek_sync.cli.subjects import scope_word
from kypek_sync.cli.tables import when
from kypek_sync.ledger import reads
from kypek_sync.ledger.reads import LastRead
from kypek_sync.sync.directory.fields import groups_lost, numbers_lost
from kypek_sync.sync.directory.scopes import last_reads, replaced
from kypek_sync.sync.installation import Installation


def accept(
    its: Context, connection: Connection, inst: Installation, name: str, who: str, why: str, *, yes: bool
) -> None:
    """Tell how many there were and are, ask, and keep it. Raises `Said` where no read is in doubt for its size."""
    last = last_reads(connection, inst, name)
    doubted = [one for one in last if one.doubt == reads.SIZE and one.items]
    if not doubted:
        if replaced(connection, inst, name):
            raise Said(another_source(name, its.text))
        raise Said(_nothing_to_accept(its, name, last))
    for one in doubted:
        its.out.print(_counts(its, one), markup=False)
    register = name in registers(inst)
    question = (
        its.text("Has it really become so small? What is missing from it will be forgotten.")
        if register
        else its.text("Has it really become so small? People will leave for it.")
    )
    agreed(its, question, yes=yes)
    for one in doubted:
        reads.accept(connection, one, who, why, its.clock(), users(inst, name))
    done = (
        its.text("Accepted by %(who)s: the next complete read of about that size counts as good.", who=who)
        if register
        else its.text(
            "Accepted by %(who)s: the next complete read of about that size counts as good. Whoever is missing from it "
            "leaves as slowly as ever.",
            who=who,
        )
    )
    its.out.print(done, markup=False)


def registers(inst: Installation) -> set[str]:
    """The registers of units that some KYPEK asks."""
    return {entry.units_register for entry in inst.loaded.settings.kypeks.values()} - {""}


def users(inst: Installation, name: str) -> list[str]:
    """The KYPEKs that use a directory or a register."""
    entries = inst.loaded.settings.kypeks.items()
    return [one for one, entry in entries if name in (entry.directory, entry.units_register)]


def _counts(its: Context, last: LastRead) -> str:
    """How many entries a scope had and has."""
    sentence = "%(scope)s: %(good)s entries at the last good read (%(when)s), %(items)s at the last one (%(now)s)."
    good = when(last.good_as_of) if last.good_as_of else "–"
    facts = {"scope": scope_word(last.scope, its.text), "good": last.good_items, "items": last.items}
    return its.text(sentence, **facts, when=good, now=when(last.as_of))


def _nothing_to_accept(its: Context, name: str, last: list[LastRead]) -> str:
    """Why nothing can be accepted: a read that is partial for another reason than its size proves nothing."""
    why = [worded(read.why_partial, its.text) for read in last if not read.complete]
    if not why:
        return its.text("There is nothing to accept: the last read of it was whole.")
    told = its.text("Only a size can be accepted, and the last read is partial for another reason: ") + JOIN.join(why)
    for lost, option, sentence in (
        (numbers_lost, "--numbers", "If numbers are not to be read there any more: `%(command)s`."),
        (groups_lost, "--groups", "If nobody is in a group there any more: `%(command)s`."),
    ):
        if any(lost(read.why_partial) for read in last):
            command = f"kypek-sync directory accept {name} {option} --why TEXT"
            told = f"{told}. {its.text(sentence, command=command)}"
    return told
