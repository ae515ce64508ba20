"""A decision by name in a line."""

from __future__ import annotations

from datetime import datetime

import typer
from sqlalchemy import Connection

from kypek_sync.cli.context import Context
from kypek_sync.cli.pausing import pause_line
from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.ledger import holds, pauses
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.rulings import Recorded
from kypek_sync.programme.tables import clean
from kypek_sync.seminar.rulings import Word

LONGEST = 500
"""Letters of a reason: people read it in a letter."""

_WORDS = {
    Word.GRANT: "Granted by name by %(who)s on %(when)s: %(why)s",
    Word.APPROVE: "Approved by %(who)s on %(when)s: %(why)s",
    Word.REFUSE: "Refused by name by %(who)s on %(when)s: %(why)s",
    Word.HAND_ON: "The seat was handed on by %(who)s on %(when)s: %(why)s",
    Word.LOWER: "One of the seats that were too many, by %(who)s on %(when)s: %(why)s",
    Word.KEEP: "The seat was given back by %(who)s on %(when)s, after the seats had been lowered: %(why)s",
    Word.ACCEPT: "The offered seat was accepted by %(who)s on %(when)s",
    Word.GIVE_BACK: "The application was withdrawn on the seminar's page by %(who)s on %(when)s",
    Word.ASK_AGAIN: "%(who)s asked on %(when)s to be offered a seat again",
}
_WORDLESS = "Approved by %(who)s on %(when)s"
"""An approval without a reason."""


def ruling_line(recorded: Recorded, text: Text) -> str:
    """Who decided what, when and why; and whether it still counts."""
    ruling = recorded.ruling
    sentence = _WORDLESS if ruling.word is Word.APPROVE and not ruling.why else _WORDS[ruling.word]
    line = text(sentence, who=recorded.who, when=when(ruling.at), why=ruling.why)
    if recorded.lifted is None:
        return line
    return f"{line} ({text('until %(when)s, by %(who)s', when=when(recorded.lifted), who=recorded.lifted_by)})"


def reason_given(its: Context, why: str) -> str:
    """A reason as it is kept and told: on one line, without what a terminal would obey. Wrong usage if too long."""
    words = " ".join(clean(why).split())
    if len(words) > LONGEST:
        raise typer.BadParameter(its.text("the reason is longer than %(most)s letters", most=LONGEST))
    return words


def kept_back(connection: Connection, offering: Offering, text: Text, now: datetime) -> list[str]:
    """A line for each thing because of which the next pass does not decide a seminar's seats yet: withdrawals that wait
    for a person, a pause. Without any it does."""
    kypek, code = offering.kypek, offering.seminar.code
    those = [one for one in holds.listed(connection, kypek) if (one.guard, one.seminar) == ("withdrawals", code)]
    waits = (
        "It waits until a person has decided about the withdrawals from %(seminar)s: `kypek-sync holds show %(id)s`."
    )
    paused = pauses.for_kypek(connection, kypek, now)
    pauses_now = (one for one in (paused.whole, paused.seminars.get(code)) if one is not None)
    return [
        *(text(waits, seminar=code, id=str(one.id)) for one in those),
        *(text("It waits until the pause is over (%(pause)s).", pause=pause_line(one, text)) for one in pauses_now),
    ]
