"""How old what a register of units said is, for `check` and `status`."""

from __future__ import annotations

from datetime import datetime

from kypek_sync.cli.tables import age, when
from kypek_sync.language import Text
from kypek_sync.sync.directory.register import Standing


def line(standing: Standing, now: datetime, text: Text) -> str:
    """One sentence: when the register was read whole, and how much is held of it."""
    if standing.read is None:
        return text(
            "The register of units %(system)s was never read whole; directorates come from the directory.",
            system=standing.system,
        )
    facts = {"system": standing.system, "when": when(standing.read), "age": age(standing.read, now, text)}
    if standing.is_old:
        return text(
            "The register of units %(system)s was last read whole on %(when)s (%(age)s): schools may have moved since.",
            **facts,
        )
    return text(
        "The register of units %(system)s was read whole on %(when)s (%(age)s): %(units)s units.",
        **facts,
        units=standing.units,
    )
