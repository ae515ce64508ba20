"""How the directory was read, in words: everything or only what changed, and when everything was last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import age, when
from kypek_sync.language import Text
from kypek_sync.ledger.cursors import How, Standing
from kypek_sync.sync.report import DirectoryStory


def story_lines(story: DirectoryStory | None, text: Text) -> list[str]:
    """What a pass tells of how it read the directory."""
    if story is None:
        return []
    if story.how is How.FULL and story.why is not None:
        asked = "Everything was read (%(why)s)." if story.full_at else "Everything was asked for (%(why)s)."
        lines = [text(asked, why=text(story.why.value))]
    elif story.how is How.CHANGES:
        lines = [text("Only what changed was read; everything was last read on %(when)s.", when=when(story.full_at))]
    else:
        lines = [text("Nothing was taken; everything was last read on %(when)s.", when=when(story.full_at))]
    return [*lines, worded(story.remark, text)] if story.remark else lines


def standing_lines(stands: Standing | None, now: datetime, text: Text, *, is_another: bool = False) -> list[str]:
    """Where reading the directory stands; nothing before it was read in full. `is_another`: it is another source than
    the one that was read."""
    if stands is None or stands.full_at is None:
        return []
    full = {"system": stands.system, "full": when(stands.full_at), "age": age(stands.full_at, now, text)}
    if is_another:
        return [
            another_source(stands.system, text),
            text("What it was before was read in full on %(full)s (%(age)s).", **full),
        ]
    if not stands.cursor:
        return [text("%(system)s: read in full on %(full)s (%(age)s); it cannot tell what changed.", **full)]
    lines = [
        text(
            "%(system)s: read in full on %(full)s (%(age)s), what changed since then on %(taken)s.",
            taken=when(stands.taken_at),
            **full,
        )
    ]
    if stands.why:
        since = when(stands.refused_since)
        sentence = text("%(system)s: what changed cannot be taken since %(since)s:", system=stands.system, since=since)
        lines.append(f"{sentence} {worded(stands.why, text)}")
    return lines


def another_source(system: str, text: Text) -> str:
    """That a directory has become another source, which nobody has read."""
    return text(
        "%(system)s is another source in the settings now, which has not been read yet: people are known as the former "
        "one showed them. `kypek-sync directory refresh` reads it.",
        system=system,
    )


def had_logins(former: Sequence[str], text: Text) -> str:
    """Which logins somebody has had besides the one that they have."""
    named = ", ".join(map(login_shown, former))
    if len(former) == 1:
        return text("has had the login %(login)s", login=named)
    return text("has had the logins %(logins)s", logins=named)


def plain(stands: Standing | None) -> dict[str, Any] | None:
    """For machines: moments in ISO 8601, UTC."""
    if stands is None:
        return None
    return {
        "system": stands.system,
        "read": stands.how.value,
        "at": stands.taken_at.isoformat() if stands.taken_at else None,
        "full_at": stands.full_at.isoformat() if stands.full_at else None,
        "refused_since": stands.refused_since.isoformat() if stands.refused_since else None,
        "why": stands.why,
    }
