"""A programme's file is parsed and validated again only where something is another than before: its bytes, what
validation may know of the rest of the world, or what the directory answers to the logins that it asked for.

A file that cannot be read, and one that names schools, is read anew each time. That lives in the memory of the process.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from kypek_sync.programme.books import file_bytes
from kypek_sync.programme.calendar import Doubt
from kypek_sync.programme.ground import Ground, Reading
from kypek_sync.programme.reading import read
from kypek_sync.programme.schools import Schools


@dataclass(frozen=True, slots=True)
class _Last:
    """The last reading of a file, what it was validated against, and which logins it asked for, with the answers; None:
    there was no directory to ask."""

    reading: Reading
    ground: Ground
    answers: dict[str, bool] | None


class Readings:
    """The last readings, by file and structure."""

    def __init__(self) -> None:
        self._last: dict[tuple[Path, str, str], _Last] = {}

    def read(self, file: Path, ground: Ground) -> Reading:
        """As `reading.read` does; the very same reading for as long as it would be. Raises `ProgrammeUnreadable`."""
        place = file, ground.kypek, ground.structure
        bare = replace(ground, known_logins=None, schools=None)
        digest = sha256(file_bytes(file)).hexdigest()
        last = self._last.get(place)
        if last is not None and last.reading.sha256 == digest and last.ground == bare and _answers(last, ground):
            return last.reading
        self._last.pop(place, None)
        logins = _Logins(ground.known_logins) if ground.known_logins is not None else None
        schools = _Schools(ground.schools) if ground.schools is not None else None
        reading = read(file, replace(ground, known_logins=logins, schools=schools))
        if schools is None or not schools.asked:
            self._last[place] = _Last(reading, bare, None if logins is None else logins.answers)
        return reading


def _answers(last: _Last, ground: Ground) -> bool:
    """Whether the directory says the same of each login that was asked for."""
    known = ground.known_logins
    if known is None or last.answers is None:
        return known is None and last.answers is None
    return all((login in known) is answer for login, answer in last.answers.items())


class _Logins:
    """Asks for logins, and remembers the answers."""

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self.answers: dict[str, bool] = {}

    def __contains__(self, login: object) -> bool:
        answer = login in self._known
        if isinstance(login, str):
            self.answers[login] = answer
        return answer


class _Schools(Schools):
    """Remembers whether any school was asked for."""

    def __init__(self, known: Schools) -> None:
        super().__init__(known.load)
        self._known = known
        self.asked = False

    def doubt(self, text: str) -> Doubt | None:
        """As the schools say."""
        self.asked = True
        return self._known.doubt(text)
