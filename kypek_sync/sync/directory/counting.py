"""What the report of a pass counts of a directory that was read, and what it says of one that was read only in part."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from kypek_sync.language import clause
from kypek_sync.ledger import entry_findings
from kypek_sync.ledger.people import IdentitiesDoubted
from kypek_sync.ledger.people_recording import Tally
from kypek_sync.ledger.reads import Extent, shows_earlier
from kypek_sync.ledger.shown import AT_ONCE, again
from kypek_sync.ledger.tables import people
from kypek_sync.model import PersonKind
from kypek_sync.sync.directory import ways_out
from kypek_sync.sync.directory.fields import groups_lost, numbers_lost
from kypek_sync.sync.directory.spool import PeopleKeeper


def told(connection: Connection, system: str, tally: Tally) -> dict[str, int]:
    """What the read brought, and what the ledger holds of the directory now, by the words of the report."""
    here = people.c.directory == system

    def number(*where: object) -> int:
        query = select(func.count()).select_from(people).where(here, *where)  # type: ignore[arg-type]
        return int(connection.execute(query).scalar_one())

    teacher = people.c.kind == PersonKind.TEACHER.value
    return {
        "teachers": number(teacher, people.c.absent_since.is_(None), people.c.gone_at.is_(None)),
        "new people": tally.new,
        "changed people": tally.changed,
        "leaving": number(people.c.absent_since.is_not(None), people.c.gone_at.is_(None)),
        "gone people": tally.gone,
        "findings": entry_findings.count(connection, system),
    }


def teachers_shown(connection: Connection, system: str, keeper: PeopleKeeper, *, recorded: bool = True) -> int:
    """How many of those whom the read showed are teachers: of a read that ended early not those whom it lacks. Unless
    it was `recorded`, those that are new or changed are as the read showed them."""
    kept = select(people.c.digest).where(
        people.c.directory == system,
        people.c.kind == PersonKind.TEACHER.value,
        people.c.digest.is_not(None),
        people.c.gone_at.is_(None),
    )
    unseen, others = set(keeper.digests.unseen), 0
    if recorded:
        for digest in keeper.shown():  # it was read before, and is to be looked at again
            unseen -= {once := again(digest), again(once)}
    else:
        others = sum(one.person.kind is PersonKind.TEACHER for those in keeper.kept() for one in those)
    with connection.execute(kept.execution_options(yield_per=AT_ONCE)) as rows:
        return others + sum(bytes(row.digest) not in unseen for row in rows)


def partly(system: str, extent: Extent, doubted: str, *, ahead: bool = False) -> str:
    """That a scope was read only in part, and what a person may do; `doubted` as in `Believed.doubt`. `ahead`: it was
    read in full as of a moment that is later than now."""
    ways = []
    if doubted and extent.size:
        ways.append(ways_out.smaller(system))
    elif numbers_lost(extent.why_partial):
        ways.append(ways_out.numbers(system))
    if groups_lost(extent.why_partial):
        ways.append(ways_out.groups(system))
    if ahead and shows_earlier(extent.why_partial):
        ways.append(ways_out.clock(system))
    said = (
        f"{system}: {extent.scope} was read only in part ({clause(extent.why_partial)}). "
        "What was seen counts; nobody leaves on the strength of it."
    )
    return " ".join((said, *ways))


def swapped(error: IdentitiesDoubted) -> str:
    """Why nobody was changed where entries carry the keys of others."""
    some = ", ".join(error.logins[:3])
    return (
        f"{len(error.logins)} entries carry registry numbers or identifiers of other people than before ({some}, …): "
        "perhaps a column slipped by a row. Nobody was changed; draw the export again and compare these"
    )
