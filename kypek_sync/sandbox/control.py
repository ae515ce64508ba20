"""The door through which other processes talk to a running sandbox: JSON over HTTP on loopback, with a bearer token.

    POST /faults {"set": "eclass:html-200@3"}     or {"lift": "*"}
    GET  /calls                                   {"eclass": {"read": 12, "write": 3}, ...}
    POST /life   {"apply": 5, "leave": 1}         [{"what": "apply", "platform": ..., "course": ..., "login": ...}, ...]

A wrong token is 401, an unknown path 404, a body that makes no sense 400 with {"error": ...}; a fault that nobody here
can play is 400 with {"error": ..., "fault": {"what", "word", "known", "system"}}, see `UnknownFault`.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from werkzeug.wrappers import Request, Response

from kypek_sync.sandbox.faults import FaultBook, UnknownFault
from kypek_sync.sandbox.life import Life
from kypek_sync.sandbox.serving import Wsgi

_MOST_MOVES = 10_000


def control_door(
    token: str, faults: FaultBook, life: Life, calls: Callable[[], Mapping[str, Mapping[str, int]]]
) -> Wsgi:
    """The application. It changes faults, makes moves, and tells how often each system was called."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with Request(environ) as request:
            response = _answer(request)
        return response(environ, start_response)

    def _answer(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
            return _json({"error": "the token is wrong; it is in sandbox.json"}, 401)
        handler = handlers.get((request.method, request.path))
        if handler is None:
            return _json({"error": "known: POST /faults, GET /calls, POST /life"}, 404)
        try:
            return _json(handler(_body(request)))
        except UnknownFault as error:
            facts = {name: getattr(error, name) for name in ("what", "word", "known", "system")}
            return _json({"error": str(error), "fault": facts}, 400)
        except ValueError as error:
            return _json({"error": str(error)}, 400)

    def _faults(body: Mapping[str, Any]) -> object:
        if set(body) == {"set"}:
            faults.set(str(body["set"]))
        elif set(body) == {"lift"}:
            faults.lift(str(body["lift"]))
        else:
            raise ValueError('write {"set": "SYSTEM:FAULT[=VALUE][@WHEN]"} or {"lift": "SYSTEM or *"}')
        return {"done": True}

    def _life(body: Mapping[str, Any]) -> object:
        numbers = {key: body.get(key, 0) for key in ("apply", "leave")}
        if set(body) - set(numbers) or not all(type(n) is int and 0 <= n <= _MOST_MOVES for n in numbers.values()):
            raise ValueError(f'write {{"apply": N, "leave": N}} with numbers from 0 to {_MOST_MOVES}')
        return [asdict(move) for move in life.go(**numbers)]

    handlers: dict[tuple[str, str], Callable[[Mapping[str, Any]], object]] = {
        ("POST", "/faults"): _faults,
        ("POST", "/life"): _life,
        ("GET", "/calls"): lambda _body: calls(),
    }
    return app


def _body(request: Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return {}
    body = json.loads(request.get_data())
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")
