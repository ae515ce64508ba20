"""An address of the settings has one form, and travels encrypted."""

from __future__ import annotations

import pytest

from kypek_sync.contract import base_address

WORDS = {"example": "https://a.example.gr", "only": "only the address", "https": "use https"}


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.example.gr", "https://a.example.gr"),
        (" https://a.example.gr/moodle/ ", "https://a.example.gr/moodle"),
        ("https://a.example.gr:8443/api/", "https://a.example.gr:8443"),
        ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_an_address_has_one_form(written: str, address: str) -> None:
    assert base_address(written, **WORDS, without="/api") == address


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("a.example.gr", "write the whole address, e.g. https://a.example.gr"),
        ("ftp://a.example.gr", "write the whole address"),
        ("https:///path", "write the whole address"),
        ("https://a.example.gr/?token=1", "only the address"),
        ("https://a.example.gr/#top", "only the address"),
        ("https://me:secret@a.example.gr", "only the address"),
        ("http://a.example.gr", "use https"),
        ("http://127.0.0.2", "use https"),
    ],
)
def test_what_is_none_or_would_be_read_by_others_is_refused(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        base_address(written, **WORDS)
