"""The frame that Typer puts around every command (usage, headings of help, what is wrong with what was typed) in the
language of the person. Typer words it in English in the source, with no catalogue to put in its place; its sentences
are recognised here line by line, where they are printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import Any

from kypek_sync.language import Text

Said = Callable[[Text, re.Match[str]], str]

_LINES: tuple[tuple[re.Pattern[str], Said], ...] = (
    (re.compile(r"^Usage: ", re.M), lambda text, _: text("Usage:") + " "),
    (re.compile(r"^Options:$", re.M), lambda text, _: text("Options:")),
    (re.compile(r"^Commands:$", re.M), lambda text, _: text("Commands:")),
    (re.compile(r"^Arguments:$", re.M), lambda text, _: text("Arguments:")),
    (re.compile(r"\[required\]"), lambda text, _: f"[{text('required')}]"),
    (re.compile(r"\[default: "), lambda text, _: f"[{text('default')}: "),
    (re.compile(r"Show this message and exit\."), lambda text, _: text("Show this message and exit.")),
    (re.compile(r"^Try '(.+)' for help\.$", re.M), lambda text, m: text("Try '%(command)s' for help.", command=m[1])),
    (re.compile(r"^Error: ", re.M), lambda text, _: text("Error:") + " "),
    (re.compile(r"Invalid value for (.+?): "), lambda text, m: text("Invalid value for %(name)s:", name=m[1]) + " "),
    (re.compile(r"Invalid value: "), lambda text, _: text("Invalid value:") + " "),
    (re.compile(r"Missing option (.+)\."), lambda text, m: text("Missing option %(name)s.", name=m[1])),
    (re.compile(r"Missing argument (.+)\."), lambda text, m: text("Missing argument %(name)s.", name=m[1])),
    (re.compile(r"Missing command\."), lambda text, _: text("Missing command.")),
    (re.compile(r"No such command '(.+)'\."), lambda text, m: text("No such command '%(name)s'.", name=m[1])),
    (re.compile(r"No such option: (\S+)"), lambda text, m: text("No such option: %(name)s", name=m[1])),
    (re.compile(r"\(Possible options: (.+)\)"), lambda text, m: text("(Possible options: %(names)s)", names=m[1])),
    (
        re.compile(r"Got unexpected extra argument\(?s?\)? \((.+)\)"),
        lambda text, m: text("This is not expected: %(words)s", words=m[1]),
    ),
    (
        re.compile(r"Option '(.+)' requires an argument\."),
        lambda text, m: text("Option '%(name)s' requires a value.", name=m[1]),
    ),
    (re.compile(r"Input should be a valid integer.*"), lambda text, _: text("a whole number is needed")),
    (
        re.compile(r"Input should be greater than or equal to (\S+)"),
        lambda text, m: text("%(least)s is the least", least=m[1]),
    ),
    (
        re.compile(r"(\S+) is not one of (.+)\."),
        lambda text, m: text("%(value)s is none of %(words)s.", value=m[1], words=m[2]),
    ),
)


def framed(words: str, text: Text) -> str:
    """What Typer says, its own part of it in the language of `text`."""
    for pattern, said in _LINES:
        words = pattern.sub(partial(said, text), words)
    return words


def shown(error: Any, text: Text) -> str:
    """What a mistake in the typed command shows, ready to be printed. `error` is one of Typer's, whose classes have no
    public name; one that shows nothing is empty."""
    there = StringIO()
    if (show := getattr(error, "show", None)) is not None:
        show(file=there)
    return framed(there.getvalue(), text)
