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
from kypek_sync.notices.folding import letters_of
from kypek_sync.notices.letter_html import html_of
from kypek_sync.notices.overrides import Overrides
from kypek_sync.notices.programme_letter import PROGRAMME, programme_files, programme_html
from kypek_sync.notices.selection_paper import papers
from kypek_sync.notices.wording import redirected

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
    overrides: Overrides | None = None,
) -> Delivery:
    """Send what is due, in the order of the rows. A server that keeps failing ends the pass; one bad address stops no
    other. Notices that are one letter (`notices.folding`) go together.

    `people` by our id, and by login those whom a notice names by login alone because we did not know them then: a login
    may be somebody else's by now, and a notice is for the person (rule 12). `rows`: only these. `all_to`: while mail is
    tried out, the one address to which every letter goes instead of the person's. `language` is that of `text`.
    `overrides`: an administrator's own words.
    """
    result, in_a_row = Delivery(), 0
    overrides = overrides or Overrides(None, language)
    if rows is None:
        with ledger.begin(keep=False) as connection:
            rows = outbox.due(connection, kypek, clock())
    for those in letters_of(rows):
        still_ours()
        person = people.get(those[0].notice.person)
        if person is None or not person.mail:
            _failed(ledger, those, "The directory has no e-mail address for this person.", clock)
            result.refused += 1
            continue
        try:
            receipt = mail.send(_letter(those, person, text, all_to, language, overrides))
        except (TryLater, StopConnector, Ambiguous) as error:
            _failed(ledger, those, str(error), clock)
            result.later += 1
            result.problem = str(error)
            result.failures.append(error)
            in_a_row += 1
            if isinstance(error, StopConnector) or in_a_row >= PATIENCE:
                break
            continue
        except SkipThis as error:
            _failed(ledger, those, str(error), clock, for_good=True)
            result.refused += 1
            continue
        if receipt.outcome is Outcome.REFUSED:
            _failed(ledger, those, receipt.detail, clock, for_good=True)
            result.refused += 1
            continue
        with ledger.begin() as connection:
            for row in those:
                outbox.sent(connection, row, clock())
        in_a_row = 0
        result.sent += 1
    return result


def _letter(
    those: Sequence[Row], person: Person, text: Text, all_to: str, language: str, overrides: Overrides
) -> Letter:
    """The letter that some notices are: one, or what one person is told of several seminars at once."""
    facts = [dict(row.notice.facts) for row in those]
    if all_to:
        for one in facts:
            one.pop("own_page", None)  # by it the person answers; somebody else reads this letter
            one.pop("stop", None)
    first = those[0]
    if len(those) == 1:
        said = overrides.words(first.notice.kind, facts[0], person.name, text)
    else:
        kinds = [row.notice.kind for row in those]
        said = overrides.folded(list(zip(kinds, facts, strict=True)), person.name, text)
    if all_to:
        said = redirected(said, person.login, text)
    files: tuple[tuple[str, str, bytes], ...] = ()
    for row, told in zip(those, facts, strict=True):
        files += papers(row.notice.kind, told, person.name, row.created, text, language)
        files += attachments(told, first.created, text)
    html = html_of(said, language, facts[0].get("centre", ""))
    if first.notice.kind == PROGRAMME:
        files = programme_files(facts[0], language)
        html = programme_html(said, facts[0], person.name, text, language)
    way_out = facts[0].get("stop", "")
    return Letter(first.message_id, all_to or person.mail, said.subject, said.body, html, files, way_out)


def _failed(ledger: Ledger, those: Sequence[Row], problem: str, clock: Clock, *, for_good: bool = False) -> None:
    with ledger.begin() as connection:
        for row in those:
            outbox.failed(connection, row, problem, clock(), for_good=for_good)
