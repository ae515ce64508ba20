"""What is said while the settings name a directory that has shown nobody yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.plan_words import JOIN
from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.sync.directory.unread import Unread


def unread_line(one: Unread, text: Text) -> str:
    """That nobody knows yet who is in it: whether a read was tried and what came of it, from where people are known
    until then, and what to do."""
    before = JOIN.join(one.before)
    said = []
    if one.tried is not None:
        said.append(
            text(
                "The directory %(directory)s has not been read; the last try was on %(when)s: %(why)s",
                directory=one.directory,
                when=when(one.tried),
                why=worded(one.why, text),
            )
        )
    else:
        said.append(text("The directory %(directory)s has not been read yet.", directory=one.directory))
    if before and one.as_of is not None:
        said.append(
            text(
                "Until it is, %(people)s people are known from %(before)s, as it showed them on %(when)s.",
                people=one.people,
                before=before,
                when=when(one.as_of),
            )
        )
    if one.tried is not None:
        said.append(text("Mend that, then `kypek-sync directory refresh`."))
    elif one.before:
        said.append(text("`kypek-sync directory refresh` reads it and takes them over."))
    else:
        said.append(text("`kypek-sync directory refresh` reads it."))
    return " ".join(said)


def unread_lines(those: Iterable[Unread | None], text: Text) -> list[str]:
    """One line for each directory among them that has shown nobody yet."""
    found = {one.directory: one for one in those if one is not None}
    return [unread_line(one, text) for _, one in sorted(found.items())]


def unread_plain(one: Unread) -> dict[str, Any]:
    """For machines: moments in ISO 8601, UTC."""
    return {
        "directory": one.directory,
        "before": list(one.before),
        "people": one.people,
        "as_of": one.as_of.isoformat() if one.as_of else None,
        "tried": one.tried.isoformat() if one.tried else None,
        "why": one.why,
    }
