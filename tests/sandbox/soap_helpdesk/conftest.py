"""Both helpdesks served over HTTP, and zeep clients for them that never leave the machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import zeep
from zeep.transports import Transport

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import serve
from kypek_sync.sandbox.soap_helpdesk import World, create_app, is_write

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
# The encoding schema that zeep would otherwise fetch from the Internet (H-20).
STUB = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:tns="http://schemas.xmlsoap.org/soap/encoding/" targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">
 <xs:attribute name="arrayType" type="xs:string"/>
 <xs:attribute name="offset" type="xs:string"/>
 <xs:complexType name="Array">
  <xs:sequence><xs:any namespace="##any" minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence>
  <xs:attribute ref="tns:arrayType"/><xs:attribute ref="tns:offset"/>
  <xs:attribute name="id" type="xs:ID"/><xs:attribute name="href" type="xs:anyURI"/>
  <xs:anyAttribute namespace="##other" processContents="lax"/>
 </xs:complexType>
</xs:schema>"""


class Offline(Transport):
    """Gives zeep the stub, and refuses every host but ours."""

    def load(self, url: str) -> bytes:
        if url.rstrip("/") == ENCODING.rstrip("/"):
            return STUB
        assert url.startswith("http://127.0.0.1:"), url
        return super().load(url)


class Desk:
    """One helpdesk of a style: served, with its world, faults and clock."""

    def __init__(self, state: Path, style: str) -> None:
        self.now = datetime(2027, 1, 15, 10, 30, 0, tzinfo=UTC)
        self.state = state
        self.faults = FaultBook()
        self.app = create_app(
            state,
            username="kypek",
            password="s3cret",
            faults=self.faults.of("soap"),
            clock=lambda: self.now,
            style=style,
        )
        self.world = World(state, clock=lambda: self.now)
        self.running = serve(self.app, "soap", self.faults, is_write=is_write)
        self.address = f"{self.running.address}/api/soap/helpdesk"
        self.session = requests.Session()
        if style == "document-literal":
            self.session.auth = ("kypek", "s3cret")

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def zeep(self, **settings) -> zeep.Client:
        transport = Offline(session=self.session, timeout=10, operation_timeout=10)
        return zeep.Client(
            f"{self.address}?wsdl",
            transport=transport,
            settings=zeep.Settings(forbid_dtd=True, strict=True, **settings),
        )

    def post(self, body: str, **arguments) -> requests.Response:
        envelope = (
            f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{body}</e:Body></e:Envelope>'
        )
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        return self.session.post(self.address, data=envelope.encode(), headers=headers, timeout=20, **arguments)

    def stop(self) -> None:
        self.session.close()
        self.running.stop()


@pytest.fixture
def mantis(tmp_path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "soap.sqlite", "rpc-encoded")
    yield desk
    desk.stop()


@pytest.fixture
def plain(tmp_path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "plain.sqlite", "document-literal")
    yield desk
    desk.stop()
