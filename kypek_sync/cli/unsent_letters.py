"""Letters that no mail server took, as `errors list|retry` speak of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from kypek_sync.cli.context import Context
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.plan_words import VERBS
from kypek_sync.cli.report import OUTCOMES
from kypek_sync.cli.tables import when
from kypek_sync.contract import Outcome, Verb
from kypek_sync.ledger import outbox
from kypek_sync.ledger.outbox import Row
from kypek_sync.notices.wording import words
from kypek_sync.sync.installation import Installation

MARK = "m"
"""Stands before the number of a letter: changes are counted on their own."""


def name(one: Row) -> str:
    """What a letter is called on the command line: `m12`."""
    return f"{MARK}{one.id}"


def listed(connection: Connection, inst: Installation, kypek: str, *, system: str, seminar: str) -> list[Row]:
    """Those of a KYPEK, of the connector of its mail, about a seminar; the oldest first."""
    found = outbox.stuck(connection, kypek, seminar=seminar)
    return [one for one in found if not system or _post(inst, one) == system]


def row(its: Context, inst: Installation, one: Row) -> tuple[object, ...]:
    """The cells of one, beside those of changes."""
    notice = one.notice
    subject = words(notice.kind, dict(notice.facts), notice.login, its.text).subject
    what = (its.text(VERBS[Verb.SEND_MAIL.value]), _post(inst, one), _seminar(one), f"«{subject}»", notice.login)
    due = when(one.next) if one.rests(its.clock()) else its.text("at the next pass")
    due = its.text("only if you ask for it") if one.given_up else due
    answer = f"{its.text(OUTCOMES[_outcome(one)])}: {worded(one.problem, its.text)}"
    return (name(one), notice.kypek, *what, one.attempts, when(one.created), due, answer)


def plain(inst: Installation, one: Row) -> dict[str, Any]:
    """For machines, with the words that a change has. `next` is None where it is tried at the next pass, or, when
    `given_up`, only if somebody asks for it."""
    notice = one.notice
    return {
        "id": name(one),
        "kypek": notice.kypek,
        "lane": "mail",
        "verb": Verb.SEND_MAIL.value,
        "target": {
            "system": _post(inst, one),
            "seminar": _seminar(one),
            "object": f"{notice.cause} {notice.version}",
            "login": notice.login,
        },
        "outcome": _outcome(one).value,
        "message": one.problem,
        "attempts": one.attempts,
        "first": one.created.isoformat(),
        "next": one.next.isoformat() if one.next is not None and not one.given_up else None,
        "given_up": one.given_up,
    }


def _outcome(one: Row) -> Outcome:
    return Outcome.REFUSED if one.given_up else Outcome.LATER


def _seminar(one: Row) -> str:
    return one.notice.cause.partition(":")[2]


def _post(inst: Installation, one: Row) -> str:
    """The connector of the mail of its KYPEK; nothing when the settings have either no longer."""
    entry = inst.loaded.settings.kypeks.get(one.notice.kypek)
    return (entry.post or "") if entry is not None else ""
