"""Settings that are wrong say what to write instead."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from connectors.bigbluebutton import SPEC, BigBlueButtonSettings
from kypek_sync.contract import Role

GOOD = "https://bbb.sch.gr/bigbluebutton/api"


@pytest.mark.parametrize("address", [GOOD, GOOD + "/", "https://bbb.sch.gr/bigbluebutton/", f" {GOOD}// "])
def test_an_address_may_end_in_a_slash_or_be_what_the_server_prints(address: str) -> None:
    assert BigBlueButtonSettings(address=address, secret="s").address == GOOD


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("bbb.sch.gr/bigbluebutton/api", "whole address"),
        ("https://bbb.sch.gr", "ends in /bigbluebutton/api"),
        ("http://bbb.sch.gr/bigbluebutton/api", "use https"),
        (GOOD + "?secret=x", "a key of its own"),
        ("https://u:p@bbb.sch.gr/bigbluebutton/api", "a key of its own"),
    ],
)
def test_a_wrong_address_says_what_to_write(address: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        BigBlueButtonSettings(address=address, secret="s")


def test_an_empty_secret_is_told_at_once_and_a_good_one_never_shown() -> None:
    with pytest.raises(ValidationError, match="the secret is empty"):
        BigBlueButtonSettings(address=GOOD, secret=" ")
    assert "hidden-word" not in repr(BigBlueButtonSettings(address=GOOD, secret="hidden-word"))


def test_the_connector_introduces_itself_with_a_letter_in_greek() -> None:
    assert SPEC.roles == {Role.ROOMS}
    assert SPEC.letter is not None
    whole = " ".join(SPEC.letter.paragraphs)
    for word in ("shared secret", "SHA-256", "getMeetings", "Scalelite"):
        assert word in whole
