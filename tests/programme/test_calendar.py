"""Dates and hours in every form in which an officer may write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from kypek_sync.programme.calendar import Doubt, When, comes_twice, moment, read_hours, read_when, within

DAY = date(2027, 3, 12)


@pytest.mark.parametrize(
    "written",
    [
        "12/3/2027",
        "12/03/27",
        "12-3-27",
        "12.03.2027",
        "12. 3. 2027",
        "2027-03-12",
        "12 Μαρτίου 2027",
        "12 ΜΑΡΤΙΟΥ 2027",
        "12 Μαρτίου '27",
        "12η Μαρτίου του 2027",
        "12 Μαρ 2027",
        "12-Μαρ-27",
        "12 Μάρτη",
        "Παρ 12 Μαρ",
        "Παρ. 12/3",
        "Παρασκευή, 12 Μαρτίου",
        "12/3",
        "12.3.",
        DAY,
        datetime(2027, 3, 12),  # noqa: DTZ001  a cell of a spreadsheet has no zone
    ],
)
def test_a_day_is_understood_however_it_is_written(written):
    assert read_when(written, 2026) == When(DAY)


@pytest.mark.parametrize(
    ("month", "number"),
    [
        ("Ιαν", 1), ("Ιανουαρίου", 1), ("Φεβ", 2), ("Φεβρουαρίου", 2), ("Μαρτίου", 3), ("Απρ", 4), ("Απριλίου", 4),
        ("Μαΐου", 5), ("Μάη", 5), ("Ιουν", 6), ("Ιουνίου", 6), ("Ιουλ", 7), ("Ιουλίου", 7), ("Αυγ", 8),
        ("Αυγούστου", 8), ("Σεπ", 9), ("Σεπτ.", 9), ("Σεπτεμβρίου", 9), ("Οκτ", 10), ("Οκτωβρίου", 10), ("Νοε", 11),
        ("Νοεμβρίου", 11), ("Δεκ", 12), ("Δεκεμβρίου", 12),
    ],
)  # fmt: skip
def test_a_missing_year_follows_from_the_school_year(month, number):
    assert read_when(f"5 {month}", 2026).day == date(2026 if number >= 9 else 2027, number, 5)


@pytest.mark.parametrize(
    ("written", "starts", "ends"),
    [
        ("12/3/2027 17:00", time(17), None),
        ("12/3 17:00-20:00", time(17), time(20)),
        ("Παρ 12 Μαρ, 5-8 μμ", time(17), time(20)),
        ("12 Μαρ 17-20", time(17), time(20)),
        ("2027-03-12T17:00", time(17), None),
    ],
)
def test_a_day_may_bring_its_hours_along(written, starts, ends):
    assert read_when(written, 2026) == When(DAY, starts, ends)


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        ("31/2/2027", "date-unreadable"),
        ("3/25/2027", "date-unreadable"),
        ("12-14/3/2027", "date-unreadable"),
        ("12/3/20271", "date-unreadable"),
        ("5 Ιου", "date-unreadable"),
        ("κάποτε τον Μάρτιο", "date-unreadable"),
        ("12/3/2027 το απόγευμα", "date-unreadable"),
        ("", "date-unreadable"),
        (46458.0, "date-unreadable"),
        (True, "date-unreadable"),
        ("12/3, 19/3", "date-several"),
        ("12 και 19/3/2027", "date-several"),
        ("12/3/2027\n19/3/2027", "date-several"),
        ("Δευτέρα 12/3/2027", "date-weekday"),
    ],
)
def test_a_day_that_is_unclear_is_never_guessed(written, doubt):
    with pytest.raises(Doubt) as caught:
        read_when(written, 2026)
    assert caught.value.code == doubt


@pytest.mark.parametrize(
    ("written", "starts", "ends"),
    [
        ("17:00", time(17), None),
        ("17.00", time(17), None),
        ("17", time(17), None),
        ("5 μμ", time(17), None),
        ("5:30 μ.μ.", time(17, 30), None),
        ("9 π.μ.", time(9), None),
        ("12 μμ", time(12), None),
        ("12 πμ", time(0), None),
        ("1 το μεσημέρι", time(13), None),
        ("12 το μεσημέρι", time(12), None),
        ("8 το βράδυ", time(20), None),
        ("ώρα 17:00", time(17), None),
        ("17:00:00", time(17), None),
        ("24:00", time(23, 59), None),
        ("17:00-20:00", time(17), time(20)),
        ("17.00 – 20.00", time(17), time(20)),
        ("από τις 17:00 έως τις 20:00", time(17), time(20)),
        ("5-8 μμ", time(17), time(20)),
        ("11-1 μμ", time(11), time(13)),
        (time(17), time(17), None),
        (timedelta(hours=17, minutes=30), time(17, 30), None),
        (17, time(17), None),
        (17.3, time(17, 30), None),
        (17 / 24, time(17), None),
    ],
)
def test_an_hour_is_understood_however_it_is_written(written, starts, ends):
    assert read_hours(written) == (starts, ends)


@pytest.mark.parametrize(
    "written", ["25:00", "17:75", "απόγευμα", "", 17.75, 30, -1, True, float("nan"), timedelta(days=2)]
)
def test_an_hour_that_is_unclear_is_never_guessed(written):
    with pytest.raises(Doubt):
        read_hours(written)


def test_moments_are_of_athens():
    assert moment(date(2027, 1, 15), time(17)) == datetime(2027, 1, 15, 15, tzinfo=UTC)
    assert moment(date(2027, 6, 15), time(17)) == datetime(2027, 6, 15, 14, tzinfo=UTC)


def test_the_hour_that_clocks_skip_in_march_does_not_exist():
    with pytest.raises(Doubt) as caught:
        moment(date(2027, 3, 28), time(3, 30))
    assert caught.value.code == "time-gap"
    assert moment(date(2027, 3, 28), time(4)) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_the_hour_that_comes_twice_in_october_is_the_first_one():
    assert comes_twice(date(2026, 10, 25), time(3, 30))
    assert not comes_twice(date(2026, 10, 25), time(4, 30))
    assert not comes_twice(date(2027, 3, 28), time(3, 30))
    assert moment(date(2026, 10, 25), time(3, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_school_year_is_from_september_to_august():
    assert within(date(2026, 9, 1), 2026)
    assert within(date(2027, 8, 31), 2026)
    assert not within(date(2026, 8, 31), 2026)
    assert not within(date(2027, 9, 1), 2026)
