"""The sandbox's folder: who may use it, what it remembers between starts, its secrets, and what to do when ports moved.

directory.ldif  kypek.yaml  programmes/  inbox/    what a centre would have
secrets/                                           one file each, mode 0600
state/                                             what the simulators hold
sandbox.json                                       addresses and the key of the control door, mode 0600
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType

VERSION = 1
_HOST = "127.0.0.1"


class SandboxInUse(RuntimeError):
    """Another sandbox runs in this folder."""


class NotASandbox(RuntimeError):
    """The folder holds something that no sandbox wrote, or that a newer one wrote."""


@dataclass(frozen=True)
class Memory:
    """What `sandbox.json` holds. `registration` names the courses that existed before: platform → codes or ids."""

    people: int
    units: int
    seminars: int
    seed: int
    ports: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    token: str = ""
    registration: dict[str, list[str]] = field(default_factory=dict)
    version: int = VERSION


class Folder:
    """A folder that is ours while this object is entered. Raises `SandboxInUse`, `NotASandbox`."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    @property
    def state(self) -> Path:
        """Where the simulators keep what they hold."""
        return self.path / "state"

    @property
    def settings(self) -> Path:
        """The settings file for kypek-sync."""
        return self.path / "kypek.yaml"

    @property
    def directory(self) -> Path:
        """The directory's export."""
        return self.path / "directory.ldif"

    @property
    def programmes(self) -> Path:
        """Where the structures' programmes are."""
        return self.path / "programmes"

    def __enter__(self) -> Folder:
        """Take the folder; what an interrupted first start left behind is cleared."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise SandboxInUse(f"another sandbox runs in {self.path}; stop it, or choose another folder") from None
        if not self._memory_file.exists() and self._unfinished.exists():
            self._clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the folder free."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remembered(self) -> Memory | None:
        """What an earlier start left, or None in a new folder."""
        if not self._memory_file.exists():
            if self.state.exists() or self.settings.exists():
                raise NotASandbox(f"{self.path} is in use for something else; choose an empty folder")
            return None
        try:
            values = json.loads(self._memory_file.read_text("utf-8"))
            memory = Memory(**values)
        except (ValueError, TypeError):
            raise NotASandbox(f"{self._memory_file} cannot be understood; choose an empty folder") from None
        if memory.version != VERSION:
            raise NotASandbox(f"{self._memory_file} is of another version; choose an empty folder")
        return memory

    def begin(self) -> None:
        """Mark that seeding has begun: a start that dies before `remember` leaves nothing that counts."""
        self.state.mkdir(exist_ok=True)
        self._unfinished.touch()

    def remember(self, memory: Memory) -> None:
        """Write `sandbox.json` whole or not at all; seeding is done."""
        text = json.dumps(asdict(memory), ensure_ascii=False, indent=2, sort_keys=True)
        _write_private(self.path / ".sandbox.json.new", text + "\n")
        (self.path / ".sandbox.json.new").replace(self._memory_file)
        self._unfinished.unlink(missing_ok=True)

    def secret(self, name: str, prefix: str = "") -> str:
        """A secret of this sandbox, made at first use."""
        file = self.path / "secrets" / name
        if not file.exists():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            _write_private(file, prefix + secrets.token_hex(32) + "\n")
        return file.read_text("ascii").strip()

    def relocate(self, moved: Mapping[int, int]) -> None:
        """Ports that are taken by somebody else now were exchanged: write the new ones where the old ones stand."""
        if not moved:
            return
        for file in (self.settings, *sorted(self.programmes.iterdir())):
            if file.suffix in (".xlsx", ".ods"):
                _relocate_package(file, moved)
            elif file.is_file():
                file.write_bytes(_relocated(file.read_bytes(), moved))

    def _clear(self) -> None:
        """Remove what a first start made before it was interrupted; secrets may stay."""
        for folder in (self.state, self.programmes):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.settings, self.directory):
            file.unlink(missing_ok=True)

    @property
    def _memory_file(self) -> Path:
        return self.path / "sandbox.json"

    @property
    def _unfinished(self) -> Path:
        return self.state / ".unfinished"


def moved_ports(before: Memory, ports: Mapping[str, int]) -> dict[int, int]:
    """Old port → new port, of the systems whose port changed."""
    return {old: ports[name] for name, old in before.ports.items() if name in ports and ports[name] != old}


def with_ports(memory: Memory, ports: Mapping[str, int], addresses: Mapping[str, str]) -> Memory:
    """The same memory at other places."""
    return replace(memory, ports=dict(ports), addresses=dict(addresses))


def port_for(wanted: int, *, insist: bool) -> int:
    """`wanted` if it is free, else another free one. Raises `OSError` when it is taken and we `insist`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, wanted))
        except OSError as error:
            if insist:
                raise OSError(error.errno, f"port {wanted} is in use; choose another one") from None
        else:
            return int(probe.getsockname()[1])
    return port_for(0, insist=True)


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as target:
        target.write(text)


def _relocated(content: bytes, moved: Mapping[int, int]) -> bytes:
    """Exchange ports of loopback addresses and of `port:` lines, all at once, so that no two changes meet."""

    def exchanged(match: re.Match[bytes]) -> bytes:
        return match[1] + str(moved.get(int(match[2]), int(match[2]))).encode()

    return re.sub(rb"(127\.0\.0\.1:|\bport: )(\d+)", exchanged, content)


def _relocate_package(file: Path, moved: Mapping[int, int]) -> None:
    new = file.with_name(f".{file.name}.new")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(new, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            target.writestr(part, _relocated(content, moved) if part.filename.endswith(".xml") else content)
    new.replace(file)
