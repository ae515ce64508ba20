"""Calls of one SOAP service, by its WSDL: what was asked, what was answered, and what went wrong in our words.

Faults are classed by patterns of the settings, never by HTTP status or content type (H-29). A fault that no pattern
knows, and whatever is no answer at all (a page, a DTD, a bomb, a type that lies: H-31 to H-37), is `TryLater` for a
read and `Ambiguous` for a write. zeep runs strict, without DTDs and entities; huge trees are never allowed.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.wsdl.bindings.soap import SoapBinding
from zeep.wsse.username import UsernameToken

import connectors.soap_helpdesk.paths as paths
import connectors.soap_helpdesk.signatures as signatures
import connectors.soap_helpdesk.templates as templates
from connectors.soap_helpdesk.settings import Operation, SoapHelpdeskSettings, Verb
from connectors.soap_helpdesk.templates import Values
from connectors.soap_helpdesk.transport import SafeTransport
from kypek_sync.contract import Ambiguous, ConnectorError, SkipThis, StopConnector, TryLater

_zeep: Any = zeep
_plain: Any = serialize_object
_token: Any = UsernameToken

WRITES: frozenset[Verb] = frozenset({"create", "note", "set_state"})
_FOREIGN = (ZeepError, etree.LxmlError, LookupError, ValueError, TypeError, AttributeError, NotImplementedError)
"""What zeep raises over documents and answers that it cannot read."""
_NO_SERVICE = "Check `endpoint`; the helpdesk may also be restarting."


class Absent(SkipThis):
    """The helpdesk says that there is no such ticket."""


class SoapClient:
    """Operations by the verb that the settings give them. Safe to use from several threads. Nothing is loaded before
    the first call."""

    def __init__(self, system: str, settings: SoapHelpdeskSettings, folder: Path) -> None:
        _hush_logs()
        self.system = system
        self._settings = settings
        self._transport = SafeTransport(system, settings, folder)
        self._faults = [(re.compile(pattern), meaning) for pattern, meaning in settings.faults.items()]
        self._lock = threading.Lock()
        self._client: tuple[Any, Any] | None = None

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def has(self, verb: Verb) -> bool:
        """Whether the settings have an operation for it."""
        return verb in self._settings.operations

    def operation(self, verb: Verb) -> Operation:
        """The operation for a verb. Raises `StopConnector` that names the setting."""
        try:
            return self._settings.operations[verb]
        except KeyError:
            raise StopConnector(
                self.system,
                f"The settings do not say which operation does `{verb}` (operations.{verb}).",
                hint=f"`kypek-sync connector {self.system} explore` lists what the service offers; or use `preset`.",
            ) from None

    def ask(self, verb: Verb, values: Values) -> Any:
        """Do it and give what the result path shows, as plain dicts, lists and values. Raises `ConnectorError`s, and
        `BadValue` before anything is sent."""
        operation = self.operation(verb)
        rendered = templates.render(operation.arguments, values)
        client, binding = self._loaded()
        described = self._described(binding, verb, operation)
        write = verb in WRITES
        failure: ConnectorError
        with self._transport.calling(write=write):
            try:
                arguments = signatures.coerced(signatures.argument_type(described), rendered)
                service = client.create_service(binding.name.text, self._settings.address)
                answer = _plain(service[operation.name](**arguments), dict)
                return self._result(verb, operation, answer)
            except Fault as fault:
                failure = self._fault(fault, write=write)
            except _FOREIGN as error:
                failure = self._failure(verb, error, write=write)
        raise failure

    def service_name(self) -> str:
        """What the WSDL calls the service."""
        client, _ = self._loaded()
        return next((str(name) for name in client.wsdl.services), "")

    def misfits(self) -> list[str]:
        """What the settings say that the WSDL does not have, each with the setting's name."""
        _, binding = self._loaded()
        found: list[str] = []
        for verb, operation in self._settings.operations.items():
            try:
                described = self._described(binding, verb, operation)
            except StopConnector as error:
                found.append(error.message)
                continue
            kind = signatures.argument_type(described)
            found += signatures.problems(kind, operation.arguments, f"operations.{verb}.arguments")
        return found

    def explored(self, word: str = "") -> list[str]:
        """The binding, the operations and the types whose name has the word, a line each."""
        client, binding = self._loaded()
        lines = [f"binding {binding.name.text}", ""]
        lines += sorted(
            signatures.described(one) for one in binding.all().values() if word.casefold() in one.name.casefold()
        )
        types = {str(one.name): one for one in client.wsdl.types.types if getattr(one, "name", None)}
        for name in sorted(types):
            if word.casefold() in name.casefold() and hasattr(types[name], "elements"):
                lines += ["", *signatures.type_lines(types[name])]
        return lines

    # Inside

    def _loaded(self) -> tuple[Any, Any]:
        with self._lock:
            if self._client is None:
                self._client = self._load()
            return self._client

    def _load(self) -> tuple[Any, Any]:
        settings = _zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, xml_huge_tree=False)
        wsse = None
        if self._settings.auth == "username-token":
            wsse = _token(self._settings.username, self._settings.password.get_secret_value())
        reason = ""
        try:
            client = _zeep.Client(self._transport.location, transport=self._transport, settings=settings, wsse=wsse)
            return client, self._binding(client)
        except _FOREIGN as error:
            reason = type(error).__name__
        hint = "Check `wsdl`: it must be a WSDL 1.1 document without a DTD; best keep it in a file."
        text = f"{self._transport.location.partition('?')[0]} is no WSDL that can be read ({reason})."
        if self._transport.location.startswith("http"):
            raise TryLater(self.system, text, hint=hint)
        raise StopConnector(self.system, text, hint=hint)

    def _binding(self, client: Any) -> Any:
        found = {name: one for name, one in client.wsdl.bindings.items() if isinstance(one, SoapBinding)}
        if self._settings.binding in found:
            return found[self._settings.binding]
        names = ", ".join(sorted(found)) or "none"
        if self._settings.binding:
            raise StopConnector(
                self.system,
                f"The WSDL has no SOAP binding {self._settings.binding}; it has {names}.",
                hint="Correct `binding`.",
            )
        # One service is often described twice, for SOAP 1.1 and 1.2.
        older = [one for one in found.values() if type(one).__name__ == "Soap11Binding"] or list(found.values())
        if len(older) != 1:
            raise StopConnector(
                self.system, f"The WSDL has several SOAP bindings, or none: {names}.", hint="Write one as `binding`."
            )
        return older[0]

    def _described(self, binding: Any, verb: Verb, operation: Operation) -> Any:
        offered = binding.all()
        if operation.name not in offered:
            raise StopConnector(
                self.system,
                f"operations.{verb}.name: the WSDL has no operation {operation.name}; it has"
                f" {', '.join(sorted(offered))}.",
                hint="Correct the settings.",
            )
        return offered[operation.name]

    def _result(self, verb: Verb, operation: Operation, answer: Any) -> Any:
        found = paths.read(operation.result, answer)
        if operation.success and str(found) != operation.success:
            raise ValueError(f"{operation.name} did not answer {operation.success}")
        return found

    def _fault(self, fault: Fault, *, write: bool) -> ConnectorError:
        detail = "" if fault.detail is None else " ".join(fault.detail.itertext()) if _is_tree(fault.detail) else ""
        said = " ".join(f"{fault.code or ''} {fault.message or ''} {detail}".split())
        shown = self._hushed(said)[:300].rstrip(".")
        meaning = next((meaning for pattern, meaning in self._faults if pattern.search(said)), None)
        if meaning == "stop":
            return StopConnector(
                self.system,
                f"The helpdesk refuses: {shown}.",
                hint="Check `username`, `password`, `project` and `category`, and our account's rights there.",
            )
        if meaning == "absent":
            return Absent(self.system, f"The helpdesk has no such ticket: {shown}.")
        if meaning == "skip":
            return SkipThis(self.system, f"The helpdesk refuses this: {shown}.")
        if meaning is None and write:
            return Ambiguous(
                self.system,
                f"The helpdesk answered a change with a fault that no pattern of `faults` knows: {shown}.",
                hint="It will be looked up before anything is sent again.",
            )
        return TryLater(self.system, f"The helpdesk answered with a fault: {shown}.", hint=_NO_SERVICE)

    def _failure(self, verb: Verb, error: Exception, *, write: bool) -> ConnectorError:
        if not self._transport.sent:
            return StopConnector(
                self.system,
                f"operations.{verb}.arguments do not fit the WSDL: {self._hushed(str(error))[:200]}.",
                hint="`kypek-sync check` tells every place that does not fit.",
            )
        what = f"{self._settings.address.partition('?')[0]} gave no answer that can be read ({type(error).__name__})"
        if write:
            return Ambiguous(
                self.system, f"{what} to a change.", hint="It will be looked up before anything is sent again."
            )
        return TryLater(self.system, f"{what}.", hint=_NO_SERVICE)

    def _hushed(self, text: str) -> str:
        secret = self._settings.password.get_secret_value()
        return text.replace(secret, "***") if secret else text


class _Hush(logging.Filter):
    """Drops what zeep logs about values that it cannot read: it quotes them, and we report them (H-34)."""

    def filter(self, record: logging.LogRecord) -> bool:
        del record
        return False


_HUSH = _Hush()


def _hush_logs() -> None:
    """From now on; a second call does nothing (a filter is kept once)."""
    logging.getLogger("zeep.xsd.types.simple").addFilter(_HUSH)


def _is_tree(detail: object) -> bool:
    return hasattr(detail, "itertext")


def secrets_of(settings: SoapHelpdeskSettings) -> Mapping[str, str]:
    """What every template may use besides a call's own values."""
    return {
        "username": settings.username,
        "password": settings.password.get_secret_value(),
        "project": settings.project,
        "category": settings.category,
    }
