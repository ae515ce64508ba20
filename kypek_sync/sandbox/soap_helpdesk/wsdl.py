"""The service descriptions: one made from `vocabulary` (rpc/encoded), one read from `plain.wsdl`."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

from kypek_sync.sandbox.soap_helpdesk.vocabulary import COMPLETE, NAMESPACE, OPERATIONS, SIMPLE, TYPES, Fields

_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Helpdesk" targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"
 xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/">
<wsdl:types>
<xsd:schema targetNamespace="{NAMESPACE}">
<xsd:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>"""
_ENCODED = f"""use="encoded" namespace="{NAMESPACE}" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/\""""
PLAIN = Path(__file__).with_name("plain.wsdl")


def rpc_encoded(address: str) -> str:
    """The WSDL of the MantisBT-like service at `address`; it imports the encoding schema without bringing it (H-20)."""
    arrays = sorted({kind for fields in _signatures() for _, kind in fields if kind.endswith("[]")})
    lines = [_HEAD, *(_array(kind) for kind in arrays), *(_structure(name, TYPES[name]) for name in TYPES)]
    lines += ["</xsd:schema>", "</wsdl:types>"]
    for name, operation in OPERATIONS.items():
        lines += [
            _message(f"{name}Request", operation.arguments),
            _message(f"{name}Response", (("return", operation.returns),)),
        ]
    lines.append('<wsdl:portType name="HelpdeskPort">')
    for name in OPERATIONS:
        lines.append(
            f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}Request"/>'
            f'<wsdl:output message="tns:{name}Response"/></wsdl:operation>'
        )
    lines += ["</wsdl:portType>", '<wsdl:binding name="HelpdeskBinding" type="tns:HelpdeskPort">']
    lines.append('<soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>')
    for name in OPERATIONS:
        lines.append(
            f'<wsdl:operation name="{name}"><soap:operation soapAction={quoteattr(f"{address}/{name}")} style="rpc"/>'
            f"<wsdl:input><soap:body {_ENCODED}/></wsdl:input><wsdl:output><soap:body {_ENCODED}/></wsdl:output>"
            "</wsdl:operation>"
        )
    lines += ["</wsdl:binding>", '<wsdl:service name="Helpdesk">']
    lines.append(
        '<wsdl:port name="HelpdeskPort" binding="tns:HelpdeskBinding">'
        f"<soap:address location={quoteattr(address)}/></wsdl:port>"
    )
    lines += ["</wsdl:service>", "</wsdl:definitions>"]
    return "\n".join(lines)


def document_literal(address: str) -> str:
    """The WSDL of the plain helpdesk at `address`."""
    return PLAIN.read_text(encoding="utf-8").replace("{address}", address)


def _signatures() -> list[Fields]:
    answers: list[Fields] = [(("return", operation.returns),) for operation in OPERATIONS.values()]
    return [*TYPES.values(), *(operation.arguments for operation in OPERATIONS.values()), *answers]


def _reference(kind: str) -> str:
    if kind.endswith("[]"):
        item = kind[:-2]
        return f"tns:{item[0].upper()}{item[1:]}Array"
    return f"xsd:{kind}" if kind in SIMPLE else f"tns:{kind}"


def _array(kind: str) -> str:
    name = _reference(kind).removeprefix("tns:")
    return (
        f'<xsd:complexType name="{name}"><xsd:complexContent><xsd:restriction base="enc:Array">'
        f'<xsd:attribute ref="enc:arrayType" wsdl:arrayType="{_reference(kind[:-2])}[]"/>'
        "</xsd:restriction></xsd:complexContent></xsd:complexType>"
    )


def _structure(name: str, fields: Fields) -> str:
    optional = "" if name in COMPLETE else ' minOccurs="0"'
    elements = "".join(f'<xsd:element name="{each}" type="{_reference(kind)}"{optional}/>' for each, kind in fields)
    return f'<xsd:complexType name="{name}"><xsd:all>{elements}</xsd:all></xsd:complexType>'


def _message(name: str, fields: Fields) -> str:
    parts = "".join(f'<wsdl:part name="{each}" type="{_reference(kind)}"/>' for each, kind in fields)
    return f'<wsdl:message name="{name}">{parts}</wsdl:message>'
