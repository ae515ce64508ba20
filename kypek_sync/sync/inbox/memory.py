"""What an inbox folder remembers: which contents were answered, and which files in it we wrote ourselves."""

from __future__ import annotations

import json
from pathlib import Path

from kypek_sync.programme.marking import safely

NAME = ".kypek-inbox.json"


class Memory:
    """The memory of one folder. `recall` reads it; every change is written at once, whole or not at all (`OSError`)."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME
        self._answered: dict[str, list[str]] = {}
        self._written: dict[str, str] = {}

    def recall(self) -> None:
        """Read it; one that is missing or cannot be understood is empty. Raises `OSError`."""
        if not self._file.exists():
            return
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            self._answered = {str(k): [str(word) for word in v] for k, v in kept["answered"].items()}
            self._written = {str(k): str(v) for k, v in kept["written"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            self._answered, self._written = {}, {}

    def knows(self, digest: str) -> bool:
        """Whether this content was answered, or is an answer of ours."""
        return digest in self._answered or digest in self._written.values()

    def wrote(self, name: str, digest: str) -> bool:
        """Whether the file of this name is still as we wrote it."""
        return self._written.get(name) == digest

    def will_write(self, name: str, digest: str) -> None:
        """Say so before an answer is written, so that it is never taken for an officer's file."""
        self._written[name] = digest
        self._save()

    def answered(self, digest: str, name: str, outcome: str) -> None:
        """This content has its answer."""
        self._answered[digest] = [name, outcome]
        self._save()

    def _save(self) -> None:
        body = {"answered": self._answered, "written": self._written}
        safely(self._file, (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8"))
