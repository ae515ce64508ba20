"""Whether each seat needs the officer's approval («Έγκριση»): «Ναι», or within how many days, «5 ημέρες»."""

from __future__ import annotations

import re

from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import squeeze
from kypek_sync.programme.rows import RowReader

USUAL, MOST = 10, 60
"""Days in which the officer decides: where the programme says none, and at most."""
SAMPLES = ("Ναι", "Όχι", "5 ημέρες", f"{USUAL} ημέρες")
"""What the template offers."""

_YES = {squeeze(one) for one in ("Ναι", "Με έγκριση", "Απαιτείται", "Χρειάζεται", "yes", "true")}
_NO = {squeeze(one) for one in ("Όχι", "Χωρίς έγκριση", "Δεν απαιτείται", "Δεν χρειάζεται", "no", "false")}
_DAYS = re.compile(
    r"(?:ναι[,:]?\s+)?(?:εντός|εντος|σε|within)?\s*(?P<days>\d{1,3})\s*"
    r"(?:ημέρες|ημερες|ημέρα|ημερα|ημερών|ημερων|ημ\.?|μέρες|μερες|days?|d)?\Z",
    re.IGNORECASE,
)


def read_approval(reader: RowReader) -> int:
    """Within how many days the officer decides about each seat; 0: no approval is needed."""
    text = reader.line(Field.APPROVAL)
    word = squeeze(text)
    if text in ("", "-") or word in _NO:
        return 0
    if word in _YES:
        return USUAL
    found = _DAYS.match(text)
    if found is None or not 1 <= int(found["days"]) <= MOST:
        reader.note("approval-unreadable", Field.APPROVAL, value=text[:60], most=str(MOST))
        return 0
    return int(found["days"])
