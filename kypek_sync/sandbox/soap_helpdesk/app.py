"""A helpdesk that speaks SOAP, in one of two styles; behaviour by the helpdesk fact sheet, H-20 to H-36.

- `rpc-encoded`: what MantisBT offers under `/api/soap/mantisconnect.php`; user name and password with every call
- `document-literal`: an invented plain helpdesk with HTTP basic authentication

Own faults besides those of `hostile`: `access-denied` refuses the credentials; `fault-200` answers a fault with status
200 and does nothing; `foreign-address` gives a WSDL that points to another host (H-38); `foreign-import` gives one that
imports from another host.
"""

from __future__ import annotations

import hmac
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from lxml import etree
from werkzeug.wrappers import Request, Response

import kypek_sync.sandbox.soap_helpdesk.hostile as hostile
import kypek_sync.sandbox.soap_helpdesk.mantis as mantis
import kypek_sync.sandbox.soap_helpdesk.plain as plain
import kypek_sync.sandbox.soap_helpdesk.wsdl as wsdl
from kypek_sync.sandbox.faults import SystemFaults
from kypek_sync.sandbox.serving import Wsgi
from kypek_sync.sandbox.soap_helpdesk.envelope import (
    BadRequest,
    arguments,
    data_fault,
    encoded_answer,
    fault,
    operation_of,
)
from kypek_sync.sandbox.soap_helpdesk.issues import Actor, DataFault
from kypek_sync.sandbox.soap_helpdesk.mantis import Call
from kypek_sync.sandbox.soap_helpdesk.store import ROBOT, Store, seed_account
from kypek_sync.sandbox.soap_helpdesk.vocabulary import NAMESPACE, OPERATIONS

Style = Literal["rpc-encoded", "document-literal"]
HTML = "text/html; charset=UTF-8"
FAULTS = hostile.FAULTS | {"access-denied", "fault-200", "foreign-address", "foreign-import"}
_FOREIGN = "http://helpdesk.invalid/"


def create_app(
    state: Path,
    *,
    username: str,
    password: str,
    faults: SystemFaults,
    clock: Callable[[], datetime],
    style: Style = "rpc-encoded",
) -> Wsgi:
    """The simulator as a WSGI application; any path will do. `GET ?wsdl` gives its description, POST calls it.

    `state` is its SQLite file; a new one has the project KYPEK-ATT with the categories General and Σεμινάρια and the
    custom field KypekRef. In rpc-encoded an API token added by `World` is taken in place of the password. `clock` gives
    aware times; answers show them in Europe/Athens.
    """
    store = Store(state)
    with store.writing() as db:
        seed_account(db, username)
    return _Helpdesk(store, username, password, faults, clock, style)


def is_write(environ: dict[str, Any]) -> bool:
    """Whether a request changes something: everything is a POST, so the body is read, and put back."""
    if environ["REQUEST_METHOD"] != "POST":
        return False
    if environ.get("CONTENT_LENGTH"):
        data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    else:
        chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
        data = environ["wsgi.input"].read() if chunked else b""
    environ["wsgi.input"] = io.BytesIO(data)
    try:
        name = etree.QName(operation_of(data)).localname
    except BadRequest:
        return False
    return name in plain.WRITES or (name in OPERATIONS and OPERATIONS[name].writes)


class _Helpdesk:
    def __init__(
        self,
        store: Store,
        username: str,
        password: str,
        faults: SystemFaults,
        clock: Callable[[], datetime],
        style: Style,
    ) -> None:
        self._store = store
        self._username = username
        self._password = password
        self._faults = faults
        self._clock = clock
        self._style = style

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with Request(environ) as request:
            return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.method == "GET":
            return self._description(request)
        if request.method != "POST":
            return Response("", 405)
        if self._style == "document-literal" and not self._knows(request):
            return Response("", 401, headers={"WWW-Authenticate": 'Basic realm="helpdesk"'}, content_type=HTML)
        try:
            operation = operation_of(request.get_data())
        except BadRequest:
            return _broken("Client", "Bad Request")
        name = etree.QName(operation)
        if self._style == "document-literal":
            return self._document(name, operation)
        return self._rpc(name, operation)

    def _description(self, request: Request) -> Response:
        if "wsdl" not in {key.lower() for key in request.args}:
            return Response("<html><body><h1>Helpdesk web service</h1></body></html>", 200, content_type=HTML)
        address = _FOREIGN if self._faults.take("foreign-address") else request.base_url
        described = wsdl.rpc_encoded if self._style == "rpc-encoded" else wsdl.document_literal
        text = described(address)
        if self._faults.take("foreign-import"):
            text = text.replace(
                "<wsdl:types>", f'<wsdl:import namespace="urn:foreign" location="{_FOREIGN}?wsdl"/>\n<wsdl:types>', 1
            )
        return Response(text, 200, content_type=hostile.XML)

    def _actor(self) -> Actor:
        return Actor(ROBOT, int(self._clock().timestamp()))

    def _rpc(self, name: etree.QName, operation: etree._Element) -> Response:
        called = name.localname
        if name.namespace != NAMESPACE or called not in OPERATIONS:
            return _broken("Server", f"Procedure '{called}' not present")
        if self._faults.take("fault-200"):
            return Response(data_fault("Server", "Database query failed."), 200, content_type=HTML)
        if called == "mc_version":
            return hostile.answer(encoded_answer(called, "string", mantis.VERSION), self._faults)
        given = arguments(operation)
        kind = OPERATIONS[called]
        try:
            with self._store.writing() if kind.writes else self._store.reading() as db:
                user = mantis.account_of(db, given, self._username, self._password)
                if user is None or self._faults.take("access-denied"):
                    return _broken("Client", "Access denied")
                result = mantis.HANDLERS[called](Call(db, given, self._actor()))
        except DataFault as error:
            return Response(data_fault("Client", error.message), 200, content_type=HTML)
        return hostile.answer(encoded_answer(called, kind.returns, result), self._faults)

    def _document(self, name: etree.QName, operation: etree._Element) -> Response:
        called = name.localname
        if name.namespace != plain.TYPES or called not in plain.HANDLERS:
            return _broken("Client", f"Unknown operation {called}")
        if self._faults.take("fault-200"):
            return Response(fault("Server", "Προσωρινό πρόβλημα"), 200, content_type=hostile.XML)
        try:
            with self._store.writing() if called in plain.WRITES else self._store.reading() as db:
                envelope = plain.answered(called, Call(db, arguments(operation), self._actor()))
        except plain.Problem as problem:
            return Response(fault("Client", problem.message, problem.detail()), 500, content_type=hostile.XML)
        return hostile.answer(envelope, self._faults)

    def _knows(self, request: Request) -> bool:
        given = request.authorization
        if given is None or given.type != "basic" or self._faults.take("access-denied"):
            return False
        pairs = ((given.username or "", self._username), (given.password or "", self._password))
        return all(hmac.compare_digest(one.encode(), other.encode()) for one, other in pairs)


def _broken(code: str, message: str) -> Response:
    return Response(fault(code, message), 500, content_type=hostile.XML)
