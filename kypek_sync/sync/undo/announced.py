"""The way back from announcements that were changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from kypek_sync.contract import Capability, Change, Courses, Verb
from kypek_sync.ledger import course_notices
from kypek_sync.ledger.runs import Deed
from kypek_sync.sync.courses.announcements import BoardsRead, read_boards, reconcile
from kypek_sync.sync.courses.ownership import Key
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.announcements import facts


class AnnouncedBack:
    """Reads the announcements that some deeds are about, and judges what still holds."""

    def __init__(self, inst: Installation, kypek: str, deeds: Sequence[Deed]) -> None:
        self.inst = inst
        self.kypek = kypek
        self._keys = {deed.change.target.key for deed in deeds if deed.change.verb in (Verb.ANNOUNCE, Verb.REVISE)}
        self._read = BoardsRead()
        self._ids: dict[Key, str] = {}

    def look(
        self,
        courses: Mapping[Key, CourseRead],
        platforms: Mapping[str, Courses],
        abilities: Mapping[str, frozenset[Capability]],
        still_ours: Callable[[], None],
    ) -> list[str]:
        """Read them; the problems met, in sentences."""
        self._read = read_boards(sorted(self._keys), courses, platforms, abilities, still_ours)
        return [str(problem) for problem in self._read.problems]

    def prepare(self, connection: Connection) -> None:
        """Close what was not clear."""
        reconcile(connection, self.kypek, self._read.boards, self.inst.clock())
        self._ids = {key: one.foreign_id for key, one in course_notices.known(connection, self.kypek).items()}

    def fallen(self, change: Change) -> str:
        """Why a change does not hold any more; an empty word if it does."""
        text, key = self.inst.text, change.target.key
        board = self._read.boards.get(key)
        if board is None or not board.complete:
            return text("the announcements of the course could not be read")
        ours = next((one for one in board.items if one.id == self._ids.get(key)), None)
        if ours is None:
            return text("the announcement is not there any more")
        words = [[(name, " ".join(value.split())) for name, value in pairs] for pairs in (facts(ours), change.before)]
        return "" if words[0] == words[1] else text("somebody changed the announcement since")
