"""Delivers the outbox: each row at least once, with the same Message-ID (design, rule 15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kypek_sync.contract import Ambiguous, ConnectorError, Letter, Mail, Outcome, SkipThis, StopConnector, TryLater
from kypek_sync.language import Text
from kypek_sync.ledger import Ledger, outbox
from kypek_sync.ledger.outbox import Row
from kypek_sync.model import Clock, Person
from kypek_sync.notices.calendar_letters import attachments
from kypek_sync.notices.letter_html import html_of
from kypek_sync.notices.selection_paper import papers
from kypek_sync.notices.wording import redirected, words

PATIENCE = 3
"""Failures in a row after which the server is left alone for this pass."""


@dataclass
class Delivery:
    """What one pass of the mail lane did. `failures` say something about the server, `problem` is the last of them."""

    sent: int = 0
    refused: int = 0
    later: int = 0
    problem: str = ""
    failures: list[ConnectorError] = field(default_factory=list)


def deliver(
    ledger: Ledger,
    kypek: str,
    mail: Mail,
    people: Mapping[str, Person],
    text: Text,
    clock: Clock,
    still_ours: Callable[[], None],
    *,
    rows: Sequence[Row] | None = None,
    all_to: str = "",
    language: str = "el",
) -> Delivery:
    """Send what is due, oldest first. A server that keeps failing ends the pass; one bad address stops no other.

    `people` by our id, and by login those whom a notice names by login alone because we did not know them then: a login
    may be somebody else's by now, and a notice is for the person (rule 12). `rows`: only these. `all_to`: while mail is
    tried out, the one address to which every letter goes instead of the person's. `language` is that of `text`.
    """
    result, in_a_row = Delivery(), 0
    if rows is None:
        with ledger.begin(keep=False) as connection:
            rows = outbox.due(connection, kypek, clock())
    for row in rows:
        still_ours()
        person = people.get(row.notice.person)
        if person is None or not person.mail:
            _failed(ledger, row, "The directory has no e-mail address for this person.", clock)
            result.refused += 1
            continue
        try:
            receipt = mail.send(_letter(row, person, text, all_to, language))
        except (TryLater, StopConnector, Ambiguous) as error:
            _failed(ledger, row, str(error), clock)
            result.later += 1
            result.problem = str(error)
            result.failures.append(error)
            in_a_row += 1
            if isinstance(error, StopConnector) or in_a_row >= PATIENCE:
                break
            continue
        except SkipThis as error:
            _failed(ledger, row, str(error), clock, for_good=True)
            result.refused += 1
            continue
        if receipt.outcome is Outcome.REFUSED:
            _failed(ledger, row, receipt.detail, clock, for_good=True)
            result.refused += 1
            continue
        with ledger.begin() as connection:
            outbox.sent(connection, row.id, clock())
        in_a_row = 0
        result.sent += 1
    return result


def _letter(row: Row, person: Person, text: Text, all_to: str, language: str) -> Letter:
    facts = dict(row.notice.facts)
    if all_to:
        facts.pop("own_page", None)  # by it the person answers; somebody else reads this letter
    said = words(row.notice.kind, facts, person.name, text)
    if all_to:
        said = redirected(said, person.login, text)
    paper = papers(row.notice.kind, facts, person.name, row.created, text, language)
    files = (*paper, *attachments(facts, row.created, text))
    html = html_of(said, language, facts.get("centre", ""))
    return Letter(row.message_id, all_to or person.mail, said.subject, said.body, html, files)


def _failed(ledger: Ledger, row: Row, problem: str, clock: Clock, *, for_good: bool = False) -> None:
    with ledger.begin() as connection:
        outbox.failed(connection, row, problem, clock(), for_good=for_good)
