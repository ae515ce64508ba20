"""A server that answers what a test wrote down, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request, Response

from kypek_sync.sandbox.serving import serve

Query = dict[str, str]


def success(inner: str, status: int = 200, kind: str = "application/xml") -> Response:
    """A SUCCESS with these elements, as bbblb sends it (B-27)."""
    return Response(
        f"<response><returncode>SUCCESS</returncode>{inner}</response>", status, headers={"Content-Type": kind}
    )


def failed(key: str, message: str = "Something was wrong.") -> Response:
    """The usual shape of an error (B-21)."""
    return Response(
        f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey><message>{message}</message></response>",
        content_type="text/xml",
    )


@contextmanager
def scripted(answer: Callable[[str, Query], Response]) -> Iterator[tuple[str, list[tuple[str, Query]]]]:
    """Serve `answer(call, query)`. Gives the address of the API and the list of what was asked."""
    asked: list[tuple[str, Query]] = []

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        call = request.path.rpartition("/api")[2].strip("/")
        asked.append((call, dict(parse_qsl(request.query_string.decode(), keep_blank_values=True))))
        return answer(*asked[-1])(environ, start_response)

    running = serve(app, "bbb")
    try:
        yield f"{running.address}/bigbluebutton/api/", asked
    finally:
        running.stop()
