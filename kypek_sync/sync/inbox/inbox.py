"""Answers the programmes that officers put into their structures' inbox folders (design, rule 20).

Each new content is checked once, whatever it is called: a text in Greek and, where there is something to show, the
marked copy are put beside it. A file without errors becomes the structure's programme; the one before is kept with its
date. What an officer wrote is never changed, moved or overwritten. What was answered is remembered, by content, in
`.kypek-inbox.json` in the folder itself; if that is lost, everything is answered again and ends the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kypek_sync.language import speaker
from kypek_sync.ledger import programmes
from kypek_sync.model import local
from kypek_sync.programme import Ground, ProgrammeUnreadable, Reading, answer_suffix, mark, read
from kypek_sync.programme.books import file_bytes, kind_of
from kypek_sync.programme.marking import safely
from kypek_sync.sync.inbox.letter import Letter, letter
from kypek_sync.sync.inbox.memory import Memory
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.lease import LaneLease, LaneTaken
from kypek_sync.sync.overview import known_of
from kypek_sync.sync.programmes import ground_of, needs_approval, schools_of

ANSWER = ".apantisi"
"""What our answers are called: `ekfe.xlsx` is answered by `ekfe.apantisi.txt` and `ekfe.apantisi.xlsx`."""
_ANSWER = re.compile(rf"{re.escape(ANSWER)}(-\d+)?$")
_TEXTS, _BOOKS = ("yaml", "csv"), (".xlsx", ".ods", ".xls")
_NOT_INPUT = (".txt", ".tmp", ".part", ".crdownload")


class Outcome(StrEnum):
    """What became of a file: it is now the programme, it was already, it has errors, it cannot be read, it cannot be
    taken though it is right (the settings name another kind of file), or something went wrong here."""

    TAKEN = "taken"
    SAME = "same"
    ERRORS = "errors"
    UNREADABLE = "unreadable"
    NOT_TAKEN = "not-taken"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class InboxAnswer:
    """One file that was answered. `answers` are the names of the files we wrote; `why` is an English sentence where
    something stood in the way."""

    kypek: str
    structure: str
    file: str
    outcome: Outcome
    errors: int = 0
    warnings: int = 0
    answers: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        counts = f"{self.errors} errors, {self.warnings} warnings"
        return f"{self.structure}: {self.file}: {self.outcome.value} ({counts}). {self.why}".rstrip()


def process(inst: Installation, kypek: str) -> list[InboxAnswer]:
    """Answer every new file in the inboxes of a KYPEK. While somebody else does so, nothing.

    Raises `LedgerError`.
    """
    try:
        with LaneLease(inst.ledger, kypek, "inbox", inst.clock):
            found: list[InboxAnswer] = []
            for structure, entry in sorted(inst.kypek(kypek).structures.items()):
                if entry.inbox is not None:
                    found += _Desk(inst, kypek, structure, inst.loaded.path(entry.inbox)).answer_all()
            return found
    except LaneTaken:
        return []


class _Desk:
    """One structure's inbox while it is worked through."""

    def __init__(self, inst: Installation, kypek: str, structure: str, folder: Path) -> None:
        self.inst, self.kypek, self.structure, self.folder = inst, kypek, structure, folder
        self.entry = inst.kypek(kypek).structures[structure]
        self.memory = Memory(folder)

    def answer_all(self) -> Iterator[InboxAnswer]:
        """Oldest file first, so that the newest right one stays the programme."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.memory.recall()
            waiting = sorted(self._waiting(), key=lambda file: (file.stat().st_mtime, file.name))
        except OSError as error:
            yield self._answer("", Outcome.PROBLEM, why=f"{self.folder} cannot be read: {error.strerror}.")
            return
        for file in waiting:
            try:
                answer = self._one(file)
            except OSError as error:
                answer = self._answer(file.name, Outcome.PROBLEM, why=f"It cannot be answered: {error.strerror}.")
            if answer is not None:
                yield answer

    def _waiting(self) -> Iterator[Path]:
        for file in self.folder.iterdir():
            hidden = file.name.startswith((".", "~"))
            if not hidden and file.suffix.lower() not in _NOT_INPUT and file.is_file() and not file.is_symlink():
                yield file

    def _one(self, file: Path) -> InboxAnswer | None:
        """Check and answer one file; None if its content was answered before, or is our own."""
        try:
            digest = hashlib.sha256(file_bytes(file)).hexdigest()
        except ProgrammeUnreadable as error:
            about = file.stat()
            digest = f"unread-{about.st_size}-{about.st_mtime_ns}"
            return None if self.memory.knows(digest) else self._unreadable(file, digest, error)
        if self.memory.knows(digest):
            return None
        with self.inst.ledger.begin(keep=False) as connection:
            codes, logins = known_of(connection, self.inst, self.kypek, self.structure)
            known = programmes.in_force(connection, self.kypek)
        schools = schools_of(self.inst.ledger, self.inst.kypek(self.kypek).directory)
        ground = ground_of(self.inst.loaded, self.inst.connectors, self.kypek, self.structure, codes, logins, schools)
        try:
            reading = read(file, ground)
            answers = self._mark(file, reading, ground)
        except ProgrammeUnreadable as error:
            return self._unreadable(file, digest, error)
        outcome, why = self._take(file, reading, answers)
        said = Letter(
            structure=self.entry.name,
            file=file.name,
            marked=answers[0].name if answers else "",
            at=local(self.inst.clock()),
            reading=reading,
            ground=ground,
            outcome=outcome.value,
            approval=needs_approval(self.inst.kypek(self.kypek), self.structure),
            new=tuple(sorted(s.code for s in reading.seminars if s.code not in known)),
        )
        note = self._write(file, ".txt", letter(said, speaker("el")).encode("utf-8"))
        self.memory.answered(digest, file.name, outcome.value)
        names = tuple(one.name for one in (*answers, note))
        return self._answer(file.name, outcome, reading, names, why)

    def _unreadable(self, file: Path, digest: str, error: ProgrammeUnreadable) -> InboxAnswer:
        text = speaker("el")
        said = Letter(self.entry.name, file.name, "", local(self.inst.clock()), outcome="", why=error.said(text))
        note = self._write(file, ".txt", letter(said, text).encode("utf-8"))
        self.memory.answered(digest, file.name, Outcome.UNREADABLE.value)
        return self._answer(file.name, Outcome.UNREADABLE, answers=(note.name,), why=str(error))

    def _mark(self, file: Path, reading: Reading, ground: Ground) -> list[Path]:
        """The marked copy, where there is a mistake to show or a code to give back."""
        if not reading.mistakes and not reading.assigned:
            return []
        suffix = answer_suffix(file)
        draft = self.folder / f".{ANSWER}{suffix}"
        try:
            mark(reading, ground, draft, "el", self.inst.clock)
            return [self._write(file, suffix, draft.read_bytes())]
        finally:
            draft.unlink(missing_ok=True)

    def _write(self, file: Path, suffix: str, content: bytes) -> Path:
        """Put an answer beside the file; only an answer of ours that nobody touched is replaced."""
        stem, number = _ANSWER.sub("", file.stem), 1
        while True:
            name = f"{stem}{ANSWER}{f'-{number}' if number > 1 else ''}{suffix}"
            place = self.folder / name
            if not place.exists() or self.memory.wrote(name, _digest(place)):
                break
            number += 1
        self.memory.will_write(name, hashlib.sha256(content).hexdigest())
        safely(place, content)
        place.chmod(file.stat().st_mode & 0o666)  # whoever may read the question may read the answer
        return place

    def _take(self, file: Path, reading: Reading, answers: list[Path]) -> tuple[Outcome, str]:
        """Make the file the structure's programme, if it has no errors and fits."""
        if reading.errors:
            return Outcome.ERRORS, ""
        if self.entry.programme is None:
            return Outcome.NOT_TAKEN, "The settings name no programme for this structure: add `programme:` to it."
        target = self.inst.loaded.path(self.entry.programme)
        chosen = [*(answers if reading.assigned else ()), file]  # the copy with the codes, where codes were given
        for source in chosen:
            content = source.read_bytes()
            if source is file and hashlib.sha256(content).hexdigest() != reading.sha256:
                return Outcome.PROBLEM, "It changed while it was being checked; it is looked at again."
            if _fits(source, target, content):
                return self._install(content, target), ""
        why = f"The settings name {target.name}; a {file.suffix or 'file like this'} cannot take its place."
        return Outcome.NOT_TAKEN, why

    def _install(self, content: bytes, target: Path) -> Outcome:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            safely(target, content)
            return Outcome.TAKEN
        before, mode = target.read_bytes(), target.stat().st_mode
        if before == content:
            return Outcome.SAME
        _keep_aside(target, before, local(self.inst.clock()))
        safely(target, content)
        target.chmod(mode & 0o777)
        return Outcome.TAKEN

    def _answer(
        self,
        file: str,
        outcome: Outcome,
        reading: Reading | None = None,
        answers: tuple[str, ...] = (),
        why: str = "",
    ) -> InboxAnswer:
        errors = len(reading.errors) if reading else 0
        warnings = len(reading.warnings) if reading else 0
        return InboxAnswer(self.kypek, self.structure, file, outcome, errors, warnings, answers, why)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _fits(source: Path, target: Path, content: bytes) -> bool:
    """Whether the content is read the same way under the name of the target, and nobody is misled by that name: a
    spreadsheet may stand for another kind of spreadsheet, which every program tells by content, but not for text."""
    try:
        kind, there = kind_of(source, content), kind_of(target, content)
    except ProgrammeUnreadable:
        return False
    return kind == there and (kind in _TEXTS) == (target.suffix.lower() not in _BOOKS)


def _keep_aside(target: Path, content: bytes, now: datetime) -> None:
    """Keep the programme that was in force, once: its name tells the day and what it held."""
    word = hashlib.sha256(content).hexdigest()[:8]
    aside = target.with_name(f"{target.stem}.{now:%Y-%m-%d}.{word}{target.suffix}")
    if not aside.exists():
        safely(aside, content)
