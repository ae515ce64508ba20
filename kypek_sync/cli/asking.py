"""Questions at the terminal that want a yes or a no, in the language of whoever is asked."""

from __future__ import annotations

import typer

from kypek_sync.language import Text

_WORDS = {True: ("y", "yes"), False: ("n", "no")}


def confirmed(question: str, text: Text) -> bool:
    """Whether the person says yes; an empty answer is no. What is neither is asked again.

    `y`, `yes`, `n` and `no` are understood in every language, and the words of `text` for them; not those of another
    one: who means `n` and has the Greek keyboard on types `ν`, which is the Greek yes.
    """
    meant = {word.casefold(): yes for yes, words in _WORDS.items() for word in (*map(text, words), *words)}
    while True:
        answer = str(typer.prompt(f"{question} {text('[y/N]')}", default="", show_default=False)).strip().casefold()
        if not answer or answer in meant:
            return bool(answer) and meant[answer]
        typer.echo(text("Please answer yes or no."), err=True)
