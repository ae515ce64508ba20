"""How PHP and the web server before it see a request: parameters, casts, `empty`, JSON, and their plain pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request, Response

HTML = "text/html; charset=UTF-8"
JSON = "application/json"
_NGINX = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)


class PhpFatal(Exception):
    """An uncaught PHP error: the client sees status 500 and an empty body (E-4, E-7)."""


class Died(Exception):
    """PHP's die(): what was said so far, status 200, text/html (E-8)."""


class ApiError(Exception):
    """An answer `{"errorcode", "errormessage"}`. `status` counts for the newer API only; the older says 200 (E-6)."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class Parameters:
    """$_GET or $_POST: the last value of a name wins, and `name[]` makes an array, which the code cannot handle."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str | None] = {}
        for name, value in pairs:
            stem, bracket, _ = name.partition("[")
            self._values[re.sub(r"[ .]", "_", stem)] = None if bracket and stem else value

    def __contains__(self, name: object) -> bool:
        """PHP's isset()."""
        return name in self._values

    def raw(self, name: str) -> str:
        """The value as it came, or an empty text. Raises `PhpFatal` if it is an array."""
        value = self._values.get(name, "")
        if value is None:
            raise PhpFatal(f"{name} is an array")
        return value

    def posted(self, *names: str) -> dict[str, str]:
        """eClass's register_posted_variables: the values with their white space put in order."""
        return {name: " ".join(self.raw(name).split()) for name in names}


def get_parameters(request: Request) -> Parameters:
    """The query string's parameters."""
    return Parameters(_pairs(request.query_string))


def post_parameters(request: Request) -> Parameters:
    """The body's parameters; only forms are read, JSON bodies are not (E-4), and only on POST."""
    if request.method != "POST":
        return Parameters(())
    if request.mimetype == "application/x-www-form-urlencoded":
        return Parameters(_pairs(request.get_data()))
    if request.mimetype == "multipart/form-data":
        return Parameters(request.form.items(multi=True))
    return Parameters(())


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    # Raw bytes beyond ASCII are percent-encoded first: parse_qsl decodes only what is encoded.
    safe = re.sub(rb"[\x80-\xff]", lambda match: b"%%%02X" % match[0][0], encoded).decode("ascii")
    return parse_qsl(safe, keep_blank_values=True, errors="surrogateescape")


def whole_number(text: str) -> int:
    """PHP's (int): leading digits count, the rest is dropped, nothing is 0 (E-11)."""
    match = re.match(r"\s*([+-]?\d{1,18})", text, re.ASCII)
    return int(match[1]) if match else 0


def empty(text: str) -> bool:
    """PHP's empty() for a text: `0` is empty too."""
    return text in ("", "0")


def json_bytes(value: object) -> bytes:
    """PHP's json_encode with JSON_UNESCAPED_UNICODE: slashes escaped, nothing at all for text that is no UTF-8."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    try:
        return text.encode()
    except UnicodeEncodeError:
        return b""


def json_answer(value: object, content_type: str = JSON) -> Response:
    """Status 200 with JSON; `content_type` because the newer member lists forget to say it (E-8)."""
    return Response(json_bytes(value), 200, content_type=content_type)


def nothing(status: int = 200) -> Response:
    """A script that ends without a word."""
    return Response(b"", status, content_type=HTML)


def nginx_page(status: int, reason: str, location: str | None = None) -> Response:
    """The web server's own plain page."""
    headers = {"Location": location} if location else {}
    return Response(_NGINX.format(f"{status} {reason}"), status, headers=headers, content_type="text/html")
