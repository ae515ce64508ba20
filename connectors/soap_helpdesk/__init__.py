"""A helpdesk that speaks SOAP, by configuration: no code for each WSDL (fact sheet helpdesk, section 3.4)."""

from __future__ import annotations

from connectors.soap_helpdesk.letter import LETTER
from connectors.soap_helpdesk.settings import SoapHelpdeskSettings
from connectors.soap_helpdesk.tickets import SoapHelpdesk
from kypek_sync.contract import Connector, ConnectorSpec, Role


def explore(connector: Connector, words: tuple[str, ...]) -> str:
    """The operations and types of the WSDL; the first of `words` picks those whose name has it."""
    if not isinstance(connector, SoapHelpdesk):
        raise TypeError("the command `explore` belongs to the connector soap_helpdesk")
    return connector.explore(words)


SPEC = ConnectorSpec(
    name="soap_helpdesk",
    title="Helpdesk with SOAP",
    roles=frozenset({Role.HELPDESK}),
    settings=SoapHelpdeskSettings,
    build=SoapHelpdesk,
    commands={"explore": explore},
    letter=LETTER,
)

__all__ = ["SPEC", "SoapHelpdesk", "SoapHelpdeskSettings", "explore"]
