"""What is wrong in a settings file, told so that an administrator can mend it.

A problem holds an English message (the id in the catalogue `locale/el/settings.po`) and the words that fill its places,
so that the command line can tell it in Greek. No problem ever holds the value of a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kypek_sync.language import Text

_SENTENCES = ("about", "reason")
"""Places that hold a sentence of its own, which the catalogue may know."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the file as it was named, the line (from 1; 0: the file as a whole), the dotted key (empty: the
    file as a whole), and a sentence that says what is wrong and what to do."""

    file: Path
    line: int
    key: str
    message: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The sentence in English, its places filled in."""
        return self.message % dict(self.values) if self.values else self.message

    def told(self, text: Text, quoted: Callable[[str], str] = str) -> str:
        """The whole line in the language of `text` (`kypek_sync.language.speaker`); `quoted` says what a connector said
        with facts in it, which no catalogue has as a whole."""
        values = {name: quoted(text(value)) if name in _SENTENCES else value for name, value in self.values}
        return self._placed(text(self.message, **values))

    def __str__(self) -> str:
        return self._placed(self.text)

    def _placed(self, sentence: str) -> str:
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        return f"{place}: {self.key}: {sentence}" if self.key else f"{place}: {sentence}"


class SettingsError(Exception):
    """The settings cannot be used. `problems` are all the mistakes that were found, in the order of their lines;
    `str()` gives one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems), key=_order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _order(problem: Problem) -> tuple[str, int, str, str]:
    return (str(problem.file), problem.line, problem.key, problem.text)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or an empty string."""
    words = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(word.casefold(), sorted(words), n=1, cutoff=0.6)
    return words[found[0]] if found else ""


def listed(words: Iterable[str]) -> str:
    """Words for a sentence, sorted: `eclass, ldap, moodle`; a dash when there are none."""
    return ", ".join(sorted(words)) or "–"
