"""Who teaches a seminar, as people are told: by the names of the programme, else of the directory."""

from __future__ import annotations

from sqlalchemy import Connection

from kypek_sync.ledger import lookups
from kypek_sync.model import Seminar, Trainer


def taught_by(connection: Connection, directory: str, seminar: Seminar) -> str:
    """The trainers' names in a line; empty where nobody's is known. A login is told to nobody."""
    names = (_name(connection, directory, trainer) for trainer in seminar.trainers)
    return ", ".join(name for name in names if name)


def _name(connection: Connection, directory: str, trainer: Trainer) -> str:
    if trainer.name or not trainer.login or not directory:
        return trainer.name
    known = lookups.person(connection, directory, trainer.login)
    return "" if known is None or known.gone_at is not None else known.person.name
