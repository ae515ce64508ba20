"""The forms of an HTTP answer of REST 2.0: JSON, refusals, and the ways in which the server breaks."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# The server quotes the charset in what its resources answer, and does not in what its error handler answers.
RESOURCE = 'application/json; charset="utf-8"'
PLAIN = "application/json; charset=utf-8"


class Refusal(Exception):
    """Stops the handling of a request; `status` and `message` are what the client gets."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> Response:
        """`{"message": ...}`, or for an empty message the bare status that a crash leaves (H-7, H-8)."""
        if not self.message:
            return Response("", self.status, content_type=RESOURCE)
        return answer({"message": self.message}, self.status, content_type=PLAIN)


class NotModified(Response):
    """Status 304 with Last-Modified, which this server sends though it need not."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers as sent."""
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


def answer(
    data: object, status: int = 200, *, headers: Mapping[str, str] | None = None, content_type: str = RESOURCE
) -> Response:
    """Data as JSON in UTF-8."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return Response(body, status, headers=dict(headers or {}), content_type=content_type)


def drop(environ: dict[str, Any]) -> None:
    """Close the connection without an answer. Always raises `ConnectionResetError`, which the server keeps quiet."""
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("the server died while answering")
