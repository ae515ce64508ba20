"""What was decided of sessions beside the programme: kept with who and why; of one session one decision counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from kypek_sync.ledger import journal
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.session_tables import session_rulings
from kypek_sync.ledger.store import alone
from kypek_sync.model import Session
from kypek_sync.seminar.session_rulings import SessionRuling, SessionWord, by_seminar

PROGRAMME = "programme"
"""Who is said to have ended a decision that a later file was brought into line with, or speaks against."""
UNDONE, REPLACED = "undone", "replaced"
"""Why a person's decision ended another one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision with who made it. `lifted` is set once it counts no more: because of another one, of a person
    (`lifted_by`) or of the programme; `lifted_why` is the word for that, `lifted_said` what the person gave as a
    reason."""

    id: int
    ruling: SessionRuling
    who: str
    lifted: datetime | None = None
    lifted_by: str = ""
    lifted_why: str = ""
    lifted_said: str = ""

    def told_since(self, moment: datetime) -> str:
        """The reason of what happened to the session after a moment; empty if that has none."""
        if self.lifted is not None and self.lifted > moment and self.lifted_said:
            return self.lifted_said
        return self.ruling.why if self.lifted is None and self.ruling.at > moment else ""


def by_one_alone(connection: Connection, kypek: str) -> None:
    """Nobody else decides about a KYPEK's sessions, or reads its programmes into force, until the transaction ends."""
    alone(connection, f"session rulings {kypek}")


def standing(connection: Connection, kypek: str) -> dict[str, tuple[SessionRuling, ...]]:
    """Those that count, by seminar."""
    return dict(by_seminar(one.ruling for one in history(connection, kypek, counting=True)))


def history(
    connection: Connection, kypek: str, seminars: Collection[str] | None = None, *, counting: bool = False
) -> tuple[Recorded, ...]:
    """All that were made, oldest first; of some `seminars`, or only those that are `counting` still."""
    query = select(session_rulings).where(session_rulings.c.kypek == kypek).order_by(session_rulings.c.id)
    if seminars is not None:
        query = query.where(session_rulings.c.seminar.in_(sorted(seminars)))
    if counting:
        query = query.where(session_rulings.c.lifted.is_(None))
    return tuple(_recorded(row) for row in connection.execute(query))


def record(connection: Connection, kypek: str, made: Collection[SessionRuling], who: str, now: datetime) -> int:
    """Write down what one command decided; each takes the place of what was decided of the same session before. The
    number of the batch."""
    by_one_alone(connection, kypek)
    last = connection.execute(select(func.max(session_rulings.c.batch))).scalar_one_or_none()
    batch = int(last or 0) + 1
    for one in made:
        lift(connection, kypek, [one], who, REPLACED, now)
        values = {"seminar": one.seminar, "session": one.number, "batch": batch, "word": one.word.value}
        values |= {"was": dump(one.was), "now": dump(one.now), "why": one.why, "who": who, "at": one.at}
        connection.execute(insert(session_rulings).values(kypek=kypek, **values))
    _tell(connection, kypek, [replace(one, batch=batch) for one in made], who, now)
    return batch


def lift(
    connection: Connection,
    kypek: str,
    those: Iterable[SessionRuling],
    who: str,
    word: str,
    now: datetime,
    why: str = "",
) -> None:
    """What was decided of these sessions counts no more. `word` says what ended it, `why` a person's reason."""
    for one in those:
        mine = (session_rulings.c.kypek == kypek) & (session_rulings.c.seminar == one.seminar)
        mine &= (session_rulings.c.session == one.number) & session_rulings.c.lifted.is_(None)
        values = {"lifted": now, "lifted_by": who, "lifted_why": word, "lifted_said": why}
        connection.execute(update(session_rulings).where(mine).values(**values))


def undo(
    connection: Connection, kypek: str, those: Collection[SessionRuling], who: str, why: str, now: datetime
) -> None:
    """A person takes these back, and says why."""
    lift(connection, kypek, those, who, UNDONE, now, why)
    _tell(connection, kypek, [replace(one, why=why) for one in those], who, now, undone=True)


def _tell(
    connection: Connection,
    kypek: str,
    made: Iterable[SessionRuling],
    who: str,
    now: datetime,
    *,
    undone: bool = False,
) -> None:
    entries = [
        Entry(
            Kind.SESSION,
            {
                "seminar": one.seminar,
                "session": one.number,
                "word": "undo" if undone else one.word.value,
                "batch": one.batch,
                "was": dump(one.now if undone else one.was),
                "now": dump(one.was if undone else one.now),
                "why": one.why,
            },
            people={"who": [Who(who)]},
        )
        for one in made
    ]
    if entries:
        journal.append(connection, kypek, entries, now)


def _recorded(row: Any) -> Recorded:
    was, now = load(Session, row.was), load(Session, row.now)
    ruling = SessionRuling(row.seminar, row.session, SessionWord(row.word), was, now, row.why, row.at, row.batch)
    return Recorded(row.id, ruling, row.who, row.lifted, row.lifted_by, row.lifted_why, row.lifted_said)
