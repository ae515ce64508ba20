"""The application: `/bigbluebutton/api/<call>`, checksum first, then the call (fact sheet §2, §3.1).

Faults of its own, besides those of the wire: `no-meetings` (getMeetings says there are none, B-40), `checksum-error`
(the server takes us for a stranger), `reencode` (a 2.4 beta that accepts only `+`, B-4), `meeting-dies` (the next
created meeting is gone at once).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

import kypek_sync.sandbox.bigbluebutton.calls as calls
import kypek_sync.sandbox.bigbluebutton.hooks as hooks
import kypek_sync.sandbox.bigbluebutton.joining as joining
from kypek_sync.sandbox.bigbluebutton.answers import Refused, failure, success
from kypek_sync.sandbox.bigbluebutton.signing import is_signed
from kypek_sync.sandbox.bigbluebutton.world import World
from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.serving import Wsgi

FAULTS = frozenset({"no-meetings", "checksum-error", "reencode", "meeting-dies"})
_API = "/bigbluebutton/api"
_MAX_BODY = 30 * 1024 * 1024
_PLAIN: Mapping[str, Callable[[World, Mapping[str, str]], Response]] = {
    "end": calls.end,
    "isMeetingRunning": calls.is_meeting_running,
    "getMeetingInfo": calls.get_meeting_info,
    "getRecordings": calls.get_recordings,
    "publishRecordings": calls.publish_recordings,
    "deleteRecordings": calls.delete_recordings,
    "updateRecordings": calls.update_recordings,
    "sendChatMessage": calls.send_chat_message,
    "hooks/create": hooks.create,
    "hooks/destroy": hooks.destroy,
    "hooks/list": hooks.listing,
}
_CALLS = frozenset({*_PLAIN, "create", "join", "getMeetings", "insertDocument", "getJoinUrl"})
# B-8
_GET_ONLY = frozenset(
    {"join", "publishRecordings", "deleteRecordings", "sendChatMessage", "hooks/create", "hooks/destroy", "hooks/list"}
)
_WRITES = frozenset(
    {
        "create",
        "end",
        "join",
        "publishRecordings",
        "deleteRecordings",
        "updateRecordings",
        "insertDocument",
        "sendChatMessage",
        "hooks/create",
        "hooks/destroy",
    }
)


def is_write(environ: dict[str, Any]) -> bool:
    """Whether a request changes something: the method does not tell, `create` and `end` are GET."""
    path = str(environ.get("PATH_INFO", ""))
    return _call_of(path) in _WRITES or path.strip("/") == joining.LEAVE


def create_app(
    state: Path,
    *,
    secret: str,
    faults: SystemFaults,
    clock: Callable[[], datetime],
    algorithms: Sequence[str] = ("sha1", "sha256", "sha384", "sha512"),
    require_plus: bool = False,
) -> Wsgi:
    """A BigBlueButton server whose memory is in the folder `state`.

    `secret` is the shared secret; `clock` tells aware times; `algorithms` are those that a checksum may use (load
    balancers lack sha384, B-5); `require_plus` is a 2.4 beta, which hashes a re-encoded query (B-4).
    """
    server = _Server(World(state, clock), secret, faults, frozenset(algorithms), require_plus)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return server.answer(Request(environ))(environ, start_response)

    return app


class _Server:
    def __init__(
        self, world: World, secret: str, faults: SystemFaults, algorithms: frozenset[str], require_plus: bool
    ) -> None:
        self.world = world
        self.secret = secret
        self.faults = faults
        self.algorithms = algorithms
        self.require_plus = require_plus

    def answer(self, request: Request) -> Response:
        request.max_content_length = request.max_form_memory_size = _MAX_BODY
        if request.path.strip("/") in (joining.CLIENT, joining.LEAVE):
            return joining.client_page(self.world, request)
        call = _call_of(request.path)
        if call == "":
            return success(("version", "2.0"), ("apiVersion", "2.0"), ("bbbVersion", "3.0"))
        if call is None or call not in _CALLS:
            return Response("", 404)
        allowed = ("POST",) if call == "insertDocument" else ("GET",) if call in _GET_ONLY else ("GET", "POST")
        if request.method not in allowed:
            return Response("", 405, headers={"Allow": ", ".join(allowed)})
        # A body that is no form (slides) gives no parameters; form fields count as parameters (B-7).
        query = {**request.form.to_dict(), **request.args.to_dict()}
        try:
            if call != "getJoinUrl":
                self._check(call, request)
            return self._call(call, request, query)
        except Refused as refused:
            return joining.refused_by_redirect(request, query, refused) if call == "join" else failure(refused)

    def _check(self, call: str, request: Request) -> None:
        """Raises checksumError; the two components that share the path word it differently."""
        given = request.args.getlist("checksum") + request.form.getlist("checksum")
        raw_query = str(request.environ.get("QUERY_STRING", "")).encode("latin-1").decode(errors="replace")
        reencode = self.require_plus or self.faults.take("reencode")
        if self.faults.take("checksum-error") or not is_signed(
            call, raw_query, given, self.secret, self.algorithms, reencode=reencode
        ):
            full_stop = "." if call.startswith("hooks/") else ""
            raise Refused("checksumError", f"You did not pass the checksum security check{full_stop}")

    def _call(self, call: str, request: Request, query: Mapping[str, str]) -> Response:
        if call == "create":
            return calls.create(self.world, query, dies=self.faults.take("meeting-dies"))
        if call == "getMeetings":
            return calls.get_meetings(self.world, hidden=self.faults.take("no-meetings"))
        if call == "join":
            return joining.join(self.world, request, query)
        if call == "getJoinUrl":
            return joining.join_url(self.world, request, query)
        if call == "insertDocument":
            return calls.insert_document(self.world, query, request.get_data())
        return _PLAIN[call](self.world, query)


def _call_of(path: str) -> str | None:
    """The call that a path names: `create`, `hooks/list`, ... `""` for the API itself, None outside it."""
    if path.rstrip("/") == _API:
        return ""
    return path.removeprefix(_API + "/") if path.startswith(_API + "/") else None
