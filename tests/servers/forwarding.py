"""A WSGI application that hands every request on to a real server, so that wire faults can be played in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import requests
from werkzeug.wrappers import Request, Response

from kypek_sync.sandbox.serving import Wsgi

_HOP = {"connection", "transfer-encoding", "content-encoding", "content-length", "keep-alive"}


def forwarding(address: str, headers: Iterable[str] = ()) -> Wsgi:
    """Hands on to `address`, under that server's own name (M-3), with the usual headers of a request and these."""
    session = requests.Session()
    session.trust_env = False
    kept = {"content-type", "user-agent", "accept", *headers}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = Request(environ)
        answer = session.request(
            asked.method,
            f"{address}{asked.full_path.rstrip('?')}",
            data=asked.get_data(),
            headers={name: value for name, value in asked.headers.items() if name.lower() in kept},
            timeout=60,
            allow_redirects=False,
        )
        session.cookies.clear()
        back = [(name, value) for name, value in answer.headers.items() if name.lower() not in _HOP]
        return Response(answer.content, answer.status_code, back)(environ, start_response)

    return application
