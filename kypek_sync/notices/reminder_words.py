"""The words of a reminder of a session. Plain text."""

from __future__ import annotations

from collections.abc import Mapping

from kypek_sync.language import Text

REMINDER = "reminder"
"""The kind of these letters, and how their cause begins."""


def reminder_words(facts: Mapping[str, str], text: Text) -> tuple[str, list[str]]:
    """Subject and paragraphs of a reminder, between greeting and signature.

    `facts`: `title`, `session` (a line), `page`, and where they are known `own_page` and `stop` (addresses).
    """
    title, session = facts.get("title", ""), facts.get("session", "")
    said = [
        text("We remind you of the seminar «%(title)s», in which you have a seat:", title=title) + "\n" + session,
        text("The seminar's page: %(page)s", page=facts.get("page", "")),
    ]
    if facts.get("own_page"):
        said.append(text("If you cannot come, please say so here, so that a colleague gets your seat:"))
        said[-1] += "\n" + facts["own_page"]
    if facts.get("stop"):
        said.append(text("If you want no more reminders, say so here:") + "\n" + facts["stop"])
    return text("Reminder: %(title)s, %(session)s", title=title, session=session), said
