"""Moments in reports: localised text, to the minute (M-35)."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

import pytest

from connectors.moodle.dates import moment

EVENING = datetime(2026, 11, 22, 20, 2, tzinfo=UTC)
NOON = datetime(2027, 5, 3, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sunday, 22 November 2026, 10:02 PM", EVENING),
        ("Sunday, 22 November 2026, 10:02\u202fpm", EVENING),
        ("22 November 2026, 10:02 PM", EVENING),
        ("Sun, 22 Nov 2026, 22:02", EVENING),
        ("Κυριακή, 22 Νοεμβρίου 2026, 10:02 μ.μ.", EVENING),
        ("Κυριακή, 22 Νοέμβριος 2026, 10:02 ΜΜ", EVENING),
        ("Κυριακή, 22 Νοεμβρίου 2026, 10:02\u00a0PM", EVENING),
        ("Δευτέρα, 03 Μαΐου 2027, 12:05 μ.μ.", NOON),
        ("Δευτέρα, 3 Μάιος 2027, 12:05 PM", NOON),
        ("Monday, 3 May 2027, 12:05 PM", NOON),
        ("Monday, 3 May 2027, 12:05 AM", datetime(2027, 5, 2, 21, 5, tzinfo=UTC)),
        ("Δευτέρα, 3 Μαΐου 2027, 12:05 π.μ.", datetime(2027, 5, 2, 21, 5, tzinfo=UTC)),
        ("Wednesday, 2 June 2027, 9:00 AM", datetime(2027, 6, 2, 6, 0, tzinfo=UTC)),
        ("Παρασκευή, 2 Ιουλίου 2027, 9:00 πμ", datetime(2027, 7, 2, 6, 0, tzinfo=UTC)),
        ("Sunday, 31 October 2027, 3:30 AM", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_english_and_greek_are_read_as_the_time_of_athens(text: str, expected: datetime) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Never",
        "Ποτέ",
        "Monday, 22 November 2026, 10:02 PM",
        "Sunday, 31 November 2026, 10:02 PM",
        "Sunday, 22 November 2026, 22:02 PM",
        "Sunday, 22 November 2026, 10:62 PM",
        "Sunday, 22 November 2026, 10:02 XM",
        "Sonntag, 22. November 2026, 22:02",
        "22/11/2026, 22:02",
        "Sunday, 22 November 2026",
    ],
)
def test_what_is_not_understood_is_unknown(text: str) -> None:
    assert moment(text) is None


GREEK = (
    "Ιανουαρίου",
    "Φεβρουαρίου",
    "Μαρτίου",
    "Απριλίου",
    "Μαΐου",
    "Ιουνίου",
    "Ιουλίου",
    "Αυγούστου",
    "Σεπτεμβρίου",
    "Οκτωβρίου",
    "Νοεμβρίου",
    "Δεκεμβρίου",
)


@pytest.mark.parametrize(("number", "greek"), list(enumerate(GREEK, 1)))
def test_every_month_is_known_in_both_languages(number: int, greek: str) -> None:
    english = calendar.month_name[number]
    assert moment(f"1 {greek} 2027, 13:00") == moment(f"1 {english} 2027, 1:00 PM") is not None
