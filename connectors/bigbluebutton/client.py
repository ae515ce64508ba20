"""The wire to a BigBlueButton server: signed GET requests, and what an answer may look like.

Errors come with HTTP 200, in two shapes (B-21), and mean: the secret is wrong (`StopConnector`), later (`TryLater`),
or not this one (`Refused`, a `SkipThis`). Whatever is no `<response>` with a return code is `TryLater` for a read and
`Ambiguous` for a write. Everything is GET (B-7, B-8): the two writes, `create` and `end`, can be asked twice, and that
is how a doubt is settled. XML is parsed without DTDs and entities, under the wire's cap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.bigbluebutton.settings import BigBlueButtonSettings
from connectors.bigbluebutton.signing import hush_logs, hushed, signed_address
from kypek_sync.contract import Ambiguous, Answer, ConnectorError, SkipThis, StopConnector, TryLater, Wire, WireLimits

ABSENT = frozenset({"notFound", "invalidMeetingIdentifier"})
"""Keys that say there is no such meeting."""
_LATER = frozenset({"serverUnavailable", "meetingForciblyEnded", "nonUniqueVoiceBridge"})
_DOUBTFUL = frozenset({"internalError"})
_UNSUPPORTED = frozenset({"unsupportedRequest", "notImplemented"})
_NO_API = "Check that the address ends in /bigbluebutton/api; the server may also be restarting."


class Refused(SkipThis):
    """The server understood and said no. `key` is its word for why; `unsupported`: it cannot do this at all."""

    def __init__(self, system: str, call: str, key: str, said: str) -> None:
        super().__init__(system, f"The server refused {call}: {said or key or 'without a reason'}.")
        self.key = key
        self.unsupported = key in _UNSUPPORTED


@dataclass(frozen=True, slots=True)
class Reply:
    """A SUCCESS. `key` is its messageKey, often empty; `date` the server's clock."""

    root: Element = field(repr=False)
    key: str = ""
    date: datetime | None = None


class BigBlueButtonClient:
    """The calls of one server. `system` is the connector's name, used in errors."""

    def __init__(self, system: str, settings: BigBlueButtonSettings) -> None:
        hush_logs()
        self.system = system
        self.address = settings.address
        self._secret = settings.secret
        limits = WireLimits(
            connect=min(5.0, settings.timeout),
            read=settings.timeout,
            deadline=settings.timeout,
            parallel=settings.parallel,
        )
        self._wire = Wire(system, limits)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def root(self) -> Reply:
        """The API itself, which tells its version to anybody."""
        return self._reply("the version", self._wire.get(self.address), write=False)

    def read(self, call: str, query: Mapping[str, str] | None = None) -> Reply:
        """Ask for something. Raises `Refused`, `TryLater`, `StopConnector`."""
        return self._reply(call, self._wire.get(self.link(call, query or {})), write=False)

    def write(self, call: str, query: Mapping[str, str]) -> Reply:
        """Change something that may be asked for twice. A doubt is settled by asking once more; raises `Ambiguous` if
        that brings no proper answer either, and else as `read`."""
        try:
            return self._reply(call, self._wire.get_write(self.link(call, query)), write=True)
        except Ambiguous as doubt:
            return self._once_more(call, query, doubt)

    def link(self, call: str, query: Mapping[str, str]) -> str:
        """A signed address. Never log, store or show it."""
        return signed_address(self.address, call, query, self._secret.get_secret_value())

    def _once_more(self, call: str, query: Mapping[str, str], doubt: Ambiguous) -> Reply:
        try:
            return self._reply(call, self._wire.get_write(self.link(call, query)), write=True)
        except TryLater:
            raise doubt from None  # nothing changed this time, but perhaps the first time

    def _reply(self, call: str, answer: Answer, *, write: bool) -> Reply:
        root = _response(answer)
        code = "" if root is None else (root.findtext("returncode") or "").strip()
        if root is not None and code == "SUCCESS" and answer.status == 200:
            return Reply(root, _word(root, "messageKey"), answer.date)
        if root is not None and code == "FAILED":
            raise self._failure(call, root, write=write)
        if answer.status in (401, 403):
            raise StopConnector(
                self.system,
                f"{self.address} does not let us in (HTTP {answer.status}).",
                hint="Check the secret, and whether the server knows the address we come from.",
            )
        raise self._doubt(call, f"answered {_kind(answer)}", write=write)

    def _failure(self, call: str, root: Element, *, write: bool) -> ConnectorError:
        key, said = _error(root)
        said = hushed(said).replace(self._secret.get_secret_value(), "***")
        if key == "checksumError":
            return StopConnector(
                self.system,
                f"{self.address} does not accept our checksum: the secret is wrong.",
                hint="Compare it with `bbb-conf --secret` on the server, or with the tenant's secret on the balancer;"
                " SHA-256 must be among the supported checksums.",
            )
        if key in _LATER:
            return TryLater(self.system, f"The server cannot do {call} now: {said or key}.")
        if key in _DOUBTFUL:
            return self._doubt(call, f"failed inside ({said or key})", write=write)
        return Refused(self.system, call, key, said)

    def _doubt(self, call: str, what: str, *, write: bool) -> ConnectorError:
        if write:
            return Ambiguous(
                self.system, f"{self.address} {what} when asked for {call}.", hint="Asking again settles what was done."
            )
        return TryLater(self.system, f"{self.address} {what} when asked for {call}.", hint=_NO_API)


def _response(answer: Answer) -> Element | None:
    """The `<response>` of an answer, whatever its content type (B-27); None if it is none."""
    try:
        root: Element = fromstring(answer.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root if root.tag == "response" else None


def _error(root: Element) -> tuple[str, str]:
    """Key and message of a failure, in either shape (B-13, B-21)."""
    listed = root.find("errors/error")
    key, said = (_word(root, "messageKey"), _word(root, "message"))
    if listed is not None:
        # 2.x writes <error key="" message=""/>, the documents show elements.
        key = listed.get("key") or _word(listed, "key") or key
        said = listed.get("message") or _word(listed, "message") or said
    return key.strip()[:60], " ".join(said.split()).rstrip(".")[:200]


def _word(parent: Element, tag: str) -> str:
    return (parent.findtext(tag) or "").strip()


def _kind(answer: Answer) -> str:
    """What an answer that counts for nothing looks like, without its words."""
    if not answer.body.strip():
        return f"nothing at all (HTTP {answer.status})"
    page = b"<html" in answer.body[:1000].lower()
    return f"{'a web page' if page else 'something else'} instead of an answer (HTTP {answer.status})"
