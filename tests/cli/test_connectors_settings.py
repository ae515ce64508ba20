"""What a connector says of its own settings is told in Greek, with the line to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

WHOLE = """\
school_year: 2026-2027
identity_key: env:KYPEK_KEY
connectors:
  post:
    type: smtp
    host: 127.0.0.1
    security: none
    sender: ΚΥΠΕΚ <kypek@example.gr>
{post}
kypeks:
  att-a:
    name: ΚΥΠΕΚ Α΄ Αθήνας
    post: post
"""


@pytest.fixture
def refused(alone: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Runs `check` on settings with these lines below the mail server; what it is refused with."""
    monkeypatch.setenv("KYPEK_KEY", "0123456789abcdef0123456789abcdef")

    def told(*lines: str, language: str = "el") -> str:
        alone.settings = tmp_path / "kypek.yaml"
        alone.settings.write_text(WHOLE.format(post="\n".join(f"    {line}" for line in lines)), "utf-8")
        result = alone("check", language=language)
        assert result.code == 1
        return result.err.strip().removeprefix(f"{tmp_path}/")

    return told


def test_the_key_that_once_redirected_mail_says_what_does_so_now(refused) -> None:  # type: ignore[no-untyped-def]
    """Two settings did the same; a file of then is told what to write in its place."""
    assert refused("redirect_to: dokimes@example.gr") == (
        "kypek.yaml:9: connectors.post.redirect_to: δεν είναι πια κλειδί του διακομιστή ταχυδρομείου· όσο δοκιμάζετε, "
        "γράψτε `all_mail_to` κάτω από το ΚΥΠΕΚ"
    )
    assert "write `all_mail_to` below the KYPEK" in refused("redirect_to: a@example.gr", language="en")


def test_another_key_that_nobody_knows_is_guessed_as_ever(refused) -> None:  # type: ignore[no-untyped-def]
    assert "reply_to" in refused("reply_too: dokimes@example.gr")


def test_a_reason_with_a_fact_in_it_is_greek(refused) -> None:  # type: ignore[no-untyped-def]
    assert refused("reply_to: a@b.gr, c@d.gr").endswith(
        "Δεν είναι μία διεύθυνση ηλεκτρονικού ταχυδρομείου: το κείμενο εδώ."
    )
