"""How the directory was read, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.cli.directory_words import plain, standing_lines, story_lines
from kypek_sync.language import speaker
from kypek_sync.ledger.cursors import How, Standing
from kypek_sync.sync.directory.due import Why
from kypek_sync.sync.report import DirectoryStory

GREEK = speaker("el")
FULL = datetime(2026, 11, 2, 0, 5, tzinfo=UTC)
NOW = FULL + timedelta(hours=9)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (None, []),
        (DirectoryStory(How.FULL, Why.AGE, FULL), ["Διαβάστηκαν τα πάντα (ήταν ώρα για πλήρη ανάγνωση)."]),
        (DirectoryStory(How.FULL, Why.AGE, None), ["Ζητήθηκαν τα πάντα (ήταν ώρα για πλήρη ανάγνωση)."]),
        (
            DirectoryStory(How.CHANGES, None, FULL, "Who is gone was found by the names of all."),
            [
                "Διαβάστηκε μόνο ό,τι άλλαξε· όλα διαβάστηκαν τελευταία φορά στις 02/11/2026 02:05.",
                "Όσοι έφυγαν βρέθηκαν από τα ονόματα όλων.",
            ],
        ),
        (
            DirectoryStory(How.NEVER, None, FULL),
            ["Δεν λήφθηκε τίποτα υπόψη· τα πάντα διαβάστηκαν τελευταία φορά στις 02/11/2026 02:05."],
        ),
    ],
)
def test_a_pass_says_how_it_read(story: DirectoryStory | None, said: list[str]) -> None:
    assert story_lines(story, GREEK) == said


@pytest.mark.parametrize("why", Why)
def test_every_reason_has_greek(why: Why) -> None:
    assert GREEK(why.value) != why.value


def test_status_says_when_everything_was_read_and_what_is_not_taken() -> None:
    stands = Standing("sch", "c", How.CHANGES, NOW, FULL, FULL)
    assert standing_lines(stands, NOW, GREEK) == [
        "sch: διαβάστηκε ολόκληρος στις 02/11/2026 02:05 (πριν από 9 ώρες),"
        " και όσα άλλαξαν από τότε στις 02/11/2026 11:05."
    ]
    why = "The directory does not show modifyTimestamp any more."
    refused = Standing("sch", "c", How.CHANGES, NOW, FULL, FULL, None, NOW, NOW, why=why)
    assert standing_lines(refused, NOW, GREEK)[1] == (
        "sch: όσα αλλάζουν δεν λαμβάνονται από τις 02/11/2026 11:05: Ο κατάλογος δεν δείχνει πια το modifyTimestamp."
    )
    assert "δεν μπορεί να πει τι άλλαξε" in standing_lines(Standing("sch", "", How.FULL, FULL, FULL), NOW, GREEK)[0]
    assert standing_lines(Standing("sch"), NOW, GREEK) == standing_lines(None, NOW, GREEK) == []


def test_machines_read_moments_in_utc() -> None:
    told = plain(Standing("sch", "c", How.FULL, FULL, FULL))
    assert told is not None
    assert (told["read"], told["full_at"], told["why"]) == ("full", "2026-11-02T00:05:00+00:00", "")
    assert plain(None) is None
