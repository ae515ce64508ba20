"""Secrets by reference: `env:NAME`, `file:PATH` or `credential:NAME` (design, rule 16).

The value is text whatever it looks like (`007` stays `007`); newlines at its end are dropped. No message repeats a
value.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

LARGEST = 65_536
"""No secret is longer (bytes); a larger file is another file."""

PATTERN = r"^(env|file|credential):.+$"
"""What the JSON Schema says of a secret."""

PLAIN = (
    "write where the secret is kept, not the secret itself: `env:NAME` (a variable of the environment), `file:PATH` "
    "(a file that only this account may read) or `credential:NAME` (systemd)"
)


class Unresolved(Exception):
    """A reference that leads to no secret. `message` and `values` are those of a `Problem`."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values


@dataclass(frozen=True, slots=True)
class SecretPlaces:
    """Where references lead: the environment's variables and the folder where relative paths start."""

    environ: Mapping[str, str]
    folder: Path

    def resolve(self, reference: object) -> SecretStr:
        """The secret behind a reference. Raises `Unresolved`."""
        if not isinstance(reference, str):
            raise Unresolved(PLAIN)
        kind, colon, place = reference.strip().partition(":")
        place = place.strip()
        if not colon or not place or kind not in ("env", "file", "credential"):
            raise Unresolved(PLAIN)
        if kind == "env":
            value = self._variable(place)
        elif kind == "file":
            value = self._file(place)
        else:
            value = self._credential(place)
        value = value.rstrip("\r\n")
        if not value:
            raise Unresolved("the secret at %(reference)s is empty", reference=f"{kind}:{place}")
        return SecretStr(value)

    def _variable(self, name: str) -> str:
        if name not in self.environ:
            raise Unresolved("the environment has no variable %(name)s; set it, or check its name", name=name)
        return self.environ[name]

    def _file(self, place: str) -> str:
        path = self.folder / Path(place).expanduser()
        try:
            if path.stat().st_mode & stat.S_IROTH:
                raise Unresolved("everybody may read %(path)s; run: chmod 600 %(path)s", path=str(path))
        except OSError as error:
            raise _unreadable(path, error) from None
        return _content(path)

    def _credential(self, name: str) -> str:
        folder = self.environ.get("CREDENTIALS_DIRECTORY", "")
        if not folder:
            raise Unresolved(
                "credentials exist only when systemd starts kypek-sync with LoadCredential=%(name)s:…; by hand, use "
                "env: or file:",
                name=name,
            )
        if "/" in name or name in (".", ".."):
            raise Unresolved("a credential has a name, not a path; for a path write file:")
        return _content(Path(folder) / name)


def _content(path: Path) -> str:
    try:
        with path.open("rb") as source:
            content = source.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Unresolved("%(path)s is too large to be a secret", path=str(path))
        return content.decode("utf-8")
    except OSError as error:
        raise _unreadable(path, error) from None
    except UnicodeDecodeError:
        raise Unresolved("%(path)s is not UTF-8 text", path=str(path)) from None


def _unreadable(path: Path, error: OSError) -> Unresolved:
    if isinstance(error, FileNotFoundError):
        return Unresolved("there is no file %(path)s; write the secret there, or check the path", path=str(path))
    if isinstance(error, PermissionError):
        return Unresolved("this account may not read %(path)s; make it the file's owner", path=str(path))
    reason = error.strerror or type(error).__name__
    return Unresolved("%(path)s cannot be read: %(reason)s", path=str(path), reason=reason)
