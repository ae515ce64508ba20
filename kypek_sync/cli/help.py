"""`--help` in the language of the person. Typer builds help from the source, in English; here it is put into words of
the catalogue before a command runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import cleandoc
from typing import Any

from kypek_sync.cli.frame import framed
from kypek_sync.language import Text, preferred

_WITH_VALUE = ("-s", "--settings")
"""Options before the command whose value is the next word."""


def language_of(arguments: Sequence[str]) -> str:
    """The language that the arguments will ask for, before they are parsed."""
    words = iter(arguments)
    for word in words:
        if word.startswith("--lang="):
            return preferred(word.removeprefix("--lang="))
        if word == "--lang":
            return preferred(next(words, ""))
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            break  # the command begins: what follows is its own
    return preferred()


def in_words(command: Any, text: Text) -> None:
    """Put the help of a command, its parameters and its subcommands into the words of `text`. `command` is Typer's own
    kind of command, which has no public name."""
    for part in parts(command):
        if part.help:
            part.help = text(cleandoc(part.help).replace("\n", " "))
        if hasattr(part, "get_help"):
            part.get_help = partial(_help, part.get_help, text)


def _help(written: Callable[[Any], str], text: Text, context: Any) -> str:
    """The page of help that Typer wrote, its frame in words."""
    return framed(written(context), text)


def parts(command: Any) -> Iterator[Any]:
    """Everything in a command tree that carries a help text."""
    yield command
    for parameter in command.params:
        if hasattr(parameter, "help"):
            yield parameter
    for inner in getattr(command, "commands", {}).values():
        yield from parts(inner)
