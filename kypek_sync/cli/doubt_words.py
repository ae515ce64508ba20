"""What a finding says that leaves it in doubt whose a login is: how to decide it, or how it was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.ledger.findings import Found
from kypek_sync.ledger.identities import DOUBTFUL, Verdict
from kypek_sync.ledger.identity_answers import Answer, answers
from kypek_sync.sync.installation import Installation

VERDICTS = {
    Verdict.SAME: "%(who)s decided on %(when)s: the same person as before.",
    Verdict.OTHER: "%(who)s decided on %(when)s: another person than before.",
}

MOST = 10
"""Logins that are named in one line."""

Wording = Callable[[Found, Text], str]
"""The sentence of a finding, and what is to be done about it."""


def sayer(connection: Connection, inst: Installation, found: Sequence[Found]) -> Wording:
    """How these findings are said; all that it takes from the ledger is read now."""
    told: dict[tuple[str, str], Answer | None] = {}
    doubtful = [one for one in found if one.finding.code in DOUBTFUL]
    for source in sorted({one.source for one in doubtful}):
        logins = {one.finding.subject for one in doubtful if one.source == source}
        told |= {
            (source, login): answer
            for login, answer in answers(connection, source, logins, inst.sharing(source)).items()
        }

    def said(one: Found, text: Text) -> str:
        sentence, key = worded(one.finding.text, text), (one.source, one.finding.subject)
        if one.finding.code not in DOUBTFUL or key not in told:
            return sentence
        return f"{sentence} {_step(told[key], one.finding.subject, text)}"

    return said


def waiting(logins: Sequence[str], text: Text) -> list[str]:
    """One line where a person has to say whose logins are; no more than a few are named."""
    if not logins:
        return []
    named = ", ".join(login_shown(login) for login in logins[:MOST]) + (", …" if len(logins) > MOST else "")
    return [
        text(
            "Wait for a decision whose they are (%(count)s): %(logins)s. `kypek-sync directory person LOGIN` shows the "
            "account, then: `kypek-sync directory confirm LOGIN --same|--other --why TEXT`",
            count=len(logins),
            logins=named,
        )
    ]


def _step(answer: Answer | None, login: str, text: Text) -> str:
    if answer is not None:
        return text(VERDICTS[answer.verdict], who=answer.who, when=when(answer.at))
    return text("Decide: kypek-sync directory confirm %(login)s --same|--other --why TEXT", login=login)
