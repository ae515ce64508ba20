"""Lengths of time are read as people write them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.settings import load
from kypek_sync.settings.durations import PATTERN, duration
from tests.settings.writing import ENVIRON, changed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 minutes", timedelta(minutes=15)),
        ("1 minute", timedelta(minutes=1)),
        ("6h", timedelta(hours=6)),
        ("7 days", timedelta(days=7)),
        ("2 weeks", timedelta(days=14)),
        ("2 years", timedelta(days=730)),
        ("30s", timedelta(seconds=30)),
        ("1 hour 30 minutes", timedelta(minutes=90)),
        ("1.5 hours", timedelta(minutes=90)),
        ("15 λεπτά", timedelta(minutes=15)),
        ("7 Ημέρες", timedelta(days=7)),
        ("PT6H", timedelta(hours=6)),
        ("P7D", timedelta(days=7)),
        ("  10 min ", timedelta(minutes=10)),
    ],
)
def test_words_and_iso_8601(text: str, expected: timedelta) -> None:
    assert duration(text) == expected
    assert re.search(PATTERN, text), "the JSON Schema must allow it too"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15",
        "soon",
        "-5 minutes",
        "-PT5M",
        "P",
        "5 parsecs",
        "minutes",
        "5 minutes ago",
        "99999999 years",
        "P999999999999Y",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert duration(text) is None


def test_settings_take_words(tmp_path: Path) -> None:
    file = changed(tmp_path, "kypeks:", "watermark_margin: 10 minutes\nretention: {presence: 3 years}\nkypeks:")
    settings = load(file, environ=ENVIRON).settings
    assert settings.watermark_margin == timedelta(minutes=10)
    assert settings.retention.presence == timedelta(days=3 * 365)
