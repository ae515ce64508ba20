"""What a decision about a login does to the places that stand under it, before it is taken (design, rule 12).

Who decides is told exactly this, of every KYPEK that shares the directory; `seats.deciding` carries it out by the same
rule (`ledger.identities.Passed`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from kypek_sync.ledger import identities, persons, seats
from kypek_sync.ledger.identities import Doubt, Passed
from kypek_sync.ledger.identity_answers import unsure
from kypek_sync.ledger.settling_keys import who_before
from kypek_sync.model import PLACES, Seat
from kypek_sync.sync.installation import Installation


class Then(StrEnum):
    """What becomes of a place if the holder of the login is another person than before."""

    KEPT = "kept"
    """It is the holder's by our own records, and stays theirs."""
    LEAVES = "leaves"
    """It is theirs who had the login before, whom the directory does not show: they lose it once they have gone."""
    LOST = "lost"
    """It goes to the next one."""
    ELSEWHERE = "elsewhere"
    """Whose it is has it under another login, with which they apply too."""
    WAITS = "waits"
    """Whose it is perhaps applies under another login in doubt: it stays until that is decided as well."""


@dataclass(frozen=True, slots=True)
class Stake:
    """A place in a seminar of a KYPEK, under the login in doubt or under one of those who had it: as whose, by our id,
    it is recorded, and what becomes of it with `--other`. `same`: with `--same` it is the one person's."""

    kypek: str
    seat: Seat
    other: Then
    same: bool


def recorded(connection: Connection, inst: Installation, source: str, login: str) -> frozenset[str]:
    """As whose, by our ids, anything stands under a login in the KYPEKs that share a directory."""
    rows = identities.recorded_under(connection, [login], inst.sharing(source))
    return frozenset(person for _, person in rows) - {""}


def stakes(
    connection: Connection, inst: Installation, source: str, about: Doubt, logins: Collection[str]
) -> tuple[Stake, ...]:
    """The places under the login in doubt, and under the `logins` of those who had it before or whom the holder perhaps
    is, by KYPEK and seminar."""
    whose = recorded(connection, inst, source, about.login)
    then = identities.passed(connection, source, about.login, about.holder, about.since, inst.clock(), whose)
    one = who_before(connection, source, about.login, about.holder, whose)
    found = []
    for kypek in sorted(inst.sharing(source)):
        those = seats.decided(connection, kypek, logins={about.login, *logins})
        for seat in (seat for code in sorted(those) for _, seat in sorted(those[code].items())):
            if seat.state not in PLACES:
                continue
            same = seat.login == about.login or seat.person == about.holder or (one != "" and seat.person == one)
            found.append(Stake(kypek, seat, _other(connection, inst, source, kypek, seat, about, then), same))
    return tuple(found)


def _other(
    connection: Connection, inst: Installation, source: str, kypek: str, seat: Seat, about: Doubt, then: Passed
) -> Then:
    theirs = persons.persons_by_id(connection, source, [seat.person]).get(seat.person) if seat.person else None
    if seat.login != about.login or not then.takes(seat.person, seat.applied_at):
        leaves = seat.person != about.holder and theirs is not None and theirs.leaving_since is not None
        return Then.LEAVES if leaves else Then.KEPT
    if theirs is None:
        return Then.LOST
    standing = seats.standing(connection, kypek).get(seat.seminar, {}).values()
    applying = {one.login for one in standing} - {seat.login}
    mine = {login for login, one in persons.persons(connection, source, applying).items() if one.id == seat.person}
    present = {theirs.person.login} - {seat.login}
    if unsure(connection, source, present | mine, kypek, inst.sharing(source) - {kypek}):
        return Then.WAITS
    return Then.ELSEWHERE if mine else Then.LOST
