"""What people were last told of their seats."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, select, update

from kypek_sync.ledger.tables import seats
from kypek_sync.model import PLACES, Seat, SeatState

_THIS_SEAT = and_(*(seats.c[name] == bindparam(f"this_{name}") for name in ("kypek", "seminar", "login")))
_TELL = update(seats).where(_THIS_SEAT).values(told=bindparam("told"), told_version=bindparam("told_version"))


@dataclass(frozen=True, slots=True)
class Told:
    """What a person was last told of their seat: the state (`told_word`), and how many times they were told
    something."""

    state: str
    version: int


def otherwise_told(connection: Connection, kypek: str) -> dict[tuple[str, str], Told]:
    """What people were last told of seats of which they know something else, or nothing, by (seminar, login)."""
    query = select(seats.c.seminar, seats.c.login, seats.c.told, seats.c.told_version)
    word = case((seats.c.part == "", seats.c.state), else_=seats.c.state + "/" + seats.c.part)  # as `told_word` has it
    query = query.where(seats.c.kypek == kypek, seats.c.told != word)
    return {(r.seminar, r.login): Told(r.told, r.told_version) for r in connection.execute(query)}


def told_word(seat: Seat) -> str:
    """What is kept of what somebody was told: the state, and the part of the seminar if there is one."""
    return f"{seat.state.value}/{seat.part}" if seat.part else seat.state.value


def mark_told(connection: Connection, kypek: str, marks: Iterable[tuple[Seat, int]]) -> None:
    """Remember that notices of these states, each with its version, are in the outbox."""
    rows = [
        {
            "this_kypek": kypek,
            "this_seminar": seat.seminar,
            "this_login": seat.login,
            "told": told_word(seat),
            "told_version": version,
        }
        for seat, version in marks
    ]
    if rows:
        connection.execute(_TELL, rows)


def under_another(
    connection: Connection, kypek: str, now_decided: Collection[Seat], before: Mapping[str, Seat]
) -> list[dict[str, Any]]:
    """What is to be kept of what people were told who had a place under one login and have it under another one now: it
    holds there, and of the login that they left there is nothing to tell."""
    now = {seat.login: seat for seat in now_decided}
    left = {
        one.person: one
        for login, one in before.items()
        if one.person and one.state in PLACES and login in now and not _has_place(now[login], one.person)
    }
    moves = {
        seat.login: left[seat.person].login
        for seat in now_decided
        if seat.person in left and seat.login != left[seat.person].login
        if seat.state is not SeatState.WITHDRAWN
    }
    kept: list[dict[str, Any]] = []
    for login, old in moves.items():
        seminar = now[login].seminar
        where = (seats.c.kypek == kypek) & (seats.c.seminar == seminar) & (seats.c.login == old)
        row = connection.execute(select(seats.c.told, seats.c.told_version).where(where)).one()
        place = {"this_kypek": kypek, "this_seminar": seminar}
        kept.append(place | {"this_login": login, "told": row.told, "told_version": row.told_version})
        if now[old].person == now[login].person:
            kept.append(place | {"this_login": old, "told": told_word(now[old]), "told_version": row.told_version})
    return kept


def _has_place(seat: Seat, person: str) -> bool:
    return seat.person == person and seat.state is not SeatState.WITHDRAWN


def carry(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what `under_another` found."""
    if rows:
        connection.execute(_TELL, rows)
