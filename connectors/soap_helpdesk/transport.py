"""What zeep speaks through: the contract's wire, and documents only from where they are allowed to come.

zeep's own transport follows redirects, reads without end and fetches whatever a WSDL imports (H-20, H-33, H-37, H-38).
This one offers the same methods, keeps the wire's caps and deadline, and loads a document only if it is the WSDL, lies
below the WSDL's folder, comes from its host or one that is allowed, or is in the catalogue. Nothing is logged: an
envelope holds the password.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from requests.structures import CaseInsensitiveDict
from zeep.wsdl.utils import etree_to_string

from connectors.soap_helpdesk.settings import SoapHelpdeskSettings
from kypek_sync.contract import Answer, StopConnector, TryLater, Wire, WireLimits

_written: Any = etree_to_string
_CATALOGUE = {"http://schemas.xmlsoap.org/soap/encoding": Path(__file__).with_name("encoding.xsd")}
"""Schemas that services import without bringing them, by address (H-20)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in the shape that zeep expects."""

    status_code: int
    headers: CaseInsensitiveDict[str]
    content: bytes = field(repr=False)
    encoding: str = "utf-8"


class SafeTransport:
    """Sends envelopes and loads documents. `folder` is where relative files start. Safe to use from several threads."""

    def __init__(self, system: str, settings: SoapHelpdeskSettings, folder: Path) -> None:
        self.system = system
        self._settings = settings
        limits = WireLimits(
            connect=min(5.0, settings.timeout),
            read=settings.timeout,
            deadline=settings.deadline,
            max_bytes=settings.max_bytes,
            parallel=settings.parallel,
        )
        self._wire = Wire(system, limits, ca_file=str(folder / settings.ca_file) if settings.ca_file else "")
        self._state = threading.local()
        if urlsplit(settings.wsdl).scheme in ("http", "https"):
            self.location = settings.wsdl
            self._below: Path | None = None
            self._hosts = {_host(settings.wsdl), *settings.import_hosts}
        else:
            file = (folder / settings.wsdl.removeprefix("file://")).resolve()
            self.location = str(file)
            self._below = file.parent
            self._hosts = set(settings.import_hosts)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    @contextmanager
    def calling(self, *, write: bool) -> Iterator[None]:
        """What is sent from this thread meanwhile is a write, or a read that travels by POST."""
        self._state.write, self._state.sent = write, False
        yield

    @property
    def sent(self) -> bool:
        """Whether this thread's call got as far as being sent."""
        return bool(getattr(self._state, "sent", False))

    # What zeep calls

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Reply:
        """Send an envelope to the configured address, whatever the WSDL says (H-38)."""
        del address
        message: bytes = _written(envelope)
        self._state.sent = True
        others = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        kind = CaseInsensitiveDict(headers).get("Content-Type", "text/xml; charset=utf-8")
        write = bool(getattr(self._state, "write", True))
        answer = self._wire.post(self._settings.address, message, kind, {**others, **self._signed()}, write=write)
        self._credentials(answer)
        return Reply(answer.status, CaseInsensitiveDict(answer.headers), answer.body)

    def load(self, url: str) -> bytes:
        """The text of a document. Raises `StopConnector` for one from elsewhere, `TryLater` where none came."""
        if known := _CATALOGUE.get(url.rstrip("/")):
            return known.read_bytes()
        if urlsplit(url).scheme in ("http", "https"):
            return self._fetched(url)
        return self._file(url)

    def _fetched(self, url: str) -> bytes:
        if _host(url) not in self._hosts:
            raise StopConnector(
                self.system,
                f"The WSDL imports a document from {_host(url)}, which is not allowed.",
                hint="If that is right, write this host under `import_hosts`; better, keep the documents in files.",
            )
        answer = self._wire.get(url, self._signed())
        self._credentials(answer)
        if answer.status != 200:
            raise TryLater(
                self.system,
                f"{url.partition('?')[0]} gave no WSDL (HTTP {answer.status}).",
                hint="Check `wsdl`; best keep the WSDL in a file.",
            )
        return answer.body

    def _file(self, url: str) -> bytes:
        path = Path(unquote(urlsplit(url).path) if url.startswith("file:") else url).resolve()
        if self._below is None or not path.is_relative_to(self._below):
            raise StopConnector(
                self.system,
                f"The WSDL imports the file {path}, which is not below its own folder.",
                hint="Put what the WSDL imports beside it.",
            )
        try:
            return path.read_bytes()
        except OSError as error:
            raise StopConnector(
                self.system,
                f"{path} cannot be read ({error.strerror}).",
                hint="Check `wsdl` and who may read the file.",
            ) from None

    def _signed(self) -> dict[str, str]:
        if self._settings.auth != "basic":
            return {}
        pair = f"{self._settings.username}:{self._settings.password.get_secret_value()}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def _credentials(self, answer: Answer) -> None:
        if answer.status in (401, 403):
            raise StopConnector(
                self.system,
                f"{self._settings.address.partition('?')[0]} does not let us in (HTTP {answer.status}).",
                hint="Check `username`, `password` and `auth`.",
            )


def _host(url: str) -> str:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{parts.hostname or ''}{f':{port}' if port else ''}"
