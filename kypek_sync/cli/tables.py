"""Tables, moments and ages as every command prints them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.markup import escape
from rich.table import Table

from kypek_sync.cli.masking import login_shown
from kypek_sync.contract import masked
from kypek_sync.language import Text
from kypek_sync.model import local

LOGINS = frozenset({"Login", "Where", "Who", "Surname", "Name"})
"""The columns in which a login, or what was taken from one, stands."""


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], text: Text) -> Table:
    """A plain table; headings are message ids, cells are printed as they are, without the numbers of D-4."""
    made = Table(box=None, pad_edge=False, show_edge=False)
    for heading in headings:
        made.add_column(text(heading), overflow="fold")
    hides = [_of_people if heading in LOGINS else masked for heading in headings]
    for row in rows:
        made.add_row(*(escape(hide(str(cell))) for hide, cell in zip(hides, row, strict=False)))
    return made


def _of_people(cell: str) -> str:
    return masked(login_shown(cell))


def when(moment: datetime | None) -> str:
    """A moment on a clock in Greece, to the minute: `02/11/2026 11:00`; a dash for none."""
    return f"{local(moment):%d/%m/%Y %H:%M}" if moment else "–"


def age(since: datetime, now: datetime, text: Text) -> str:
    """How long ago something was, in one unit."""
    passed = max(now - since, timedelta(0))
    if passed < timedelta(minutes=1):
        return text("just now")
    if passed < timedelta(hours=1):
        return text("%(number)s min ago", number=passed // timedelta(minutes=1))
    if passed < timedelta(days=2):
        return text("%(number)s h ago", number=passed // timedelta(hours=1))
    return text("%(number)s days ago", number=passed.days)
