"""Settings that are wrong say what to write instead."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.smtp import SPEC, SmtpSettings
from kypek_sync.contract import Role

GOOD: dict[str, Any] = {"host": "smtp.sch.gr", "sender": "ΚΥΠΕΚ <kypek@kypek.att-a.sch.gr>"}


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465)])
def test_the_port_follows_from_the_protection(security: str, port: int) -> None:
    assert SmtpSettings(**GOOD, security=security).place == ("smtp.sch.gr", port)
    assert SmtpSettings(**GOOD, security=security, port=2525).place == ("smtp.sch.gr", 2525)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"security": "none"}, "use starttls or tls"),
        ({"username": "kypek"}, "belong together"),
        ({"password": "hidden-word"}, "belong together"),
        ({"sender": ""}, "write an address"),
        ({"sender": "ΚΥΠΕΚ"}, "not one mail address"),
        ({"reply_to": "a@b.gr\nBcc: c@d.gr"}, "line break"),
        ({"reply_to": "a@b.gr, c@d.gr"}, "not one mail address"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"sendr": "x"}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_says_what_to_write(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says) as caught:
        SmtpSettings(**GOOD | wrong)
    assert "hidden-word" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_no_protection_is_needed(host: str) -> None:
    assert SmtpSettings(**GOOD | {"host": host, "security": "none"}).place == (host, 25)


def test_a_password_is_never_shown() -> None:
    assert "hidden-word" not in repr(SmtpSettings(**GOOD, username="kypek", password="hidden-word"))


def test_the_connector_introduces_itself() -> None:
    assert SPEC.roles == {Role.MAIL}
    assert SPEC.letter is None
