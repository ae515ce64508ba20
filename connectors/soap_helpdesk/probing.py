"""What `check` says of a SOAP helpdesk: the WSDL, whether the settings fit it, the credentials, the states."""

from __future__ import annotations

from connectors.soap_helpdesk.client import SoapClient
from connectors.soap_helpdesk.searching import Searching
from connectors.soap_helpdesk.settings import SoapHelpdeskSettings
from kypek_sync.contract import ConnectorError, Probe, ProbeLevel, ProbeLine, StopConnector

_NOBODY = "kypek:check:nobody"
"""A reference that no ticket has: the search for it tries address, credentials and paths."""


class Probing:
    """Looks at everything that can be looked at without writing."""

    def __init__(self, client: SoapClient, searching: Searching, settings: SoapHelpdeskSettings) -> None:
        self._client = client
        self._searching = searching
        self._settings = settings

    def probe(self) -> Probe:
        """The lines of `check`; never raises a `ConnectorError`."""
        try:
            misfits = self._client.misfits()
        except ConnectorError as error:
            return Probe((_problem("wsdl", error),))
        fine = ProbeLine(ProbeLevel.OK, "wsdl", "Its WSDL is read.")
        if misfits:
            step = f"Correct the settings; `kypek-sync connector {self._client.system} explore` lists what there is."
            return Probe((fine, *(ProbeLine(ProbeLevel.PROBLEM, "operations", text, step) for text in misfits)))
        if not self._settings.operations:
            line = ProbeLine(
                ProbeLevel.PROBLEM,
                "operations",
                "The settings do not say which operation does what.",
                f"Use `preset`, or write `operations`; see `kypek-sync connector {self._client.system} explore`.",
            )
            return Probe((fine, line))
        lines = [fine, ProbeLine(ProbeLevel.OK, "operations", "Every operation of the settings fits the WSDL.")]
        try:
            version = self._searching.version()
            self._searching.by_reference(_NOBODY)
        except ConnectorError as error:
            return Probe((*lines, _problem("credentials" if isinstance(error, StopConnector) else "address", error)))
        lines += [
            ProbeLine(ProbeLevel.OK, "address", f"{self._settings.address.partition('?')[0]} answers."),
            ProbeLine(ProbeLevel.OK, "credentials", "It lets us in."),
            ProbeLine(ProbeLevel.OK, "version", f"It is {version}."),
            *self._state_lines(),
            *self._ability_lines(),
        ]
        return Probe(tuple(lines), version)

    def _state_lines(self) -> list[ProbeLine]:
        states = self._settings.states
        if states is None or not self._client.has("list_states"):
            return []
        try:
            known = self._searching.states()
        except ConnectorError as error:
            return [_problem("states", error)]
        lines = [
            ProbeLine(
                ProbeLevel.PROBLEM,
                "states",
                f"states.out sets {native} for {state}, but the helpdesk knows only {', '.join(sorted(known))}.",
                "Correct `states`; a state that does not exist might be stored as it is.",
            )
            for state, native in states.out.items()
            if native not in known
        ]
        if unmapped := sorted(known - set(states.incoming)):
            text = f"states.in does not say what these mean: {', '.join(unmapped)}."
            lines.append(
                ProbeLine(ProbeLevel.WARNING, "states", text, "Write them there: a ticket in one is an error.")
            )
        return lines or [ProbeLine(ProbeLevel.OK, "states", "All its states are known.")]

    def _ability_lines(self) -> list[ProbeLine]:
        lines = []
        if not self._settings.ticket.ref:
            lines.append(
                ProbeLine(
                    ProbeLevel.WARNING,
                    "reference",
                    "Our reference is written into the subject of tickets.",
                    "If the helpdesk can have a field for it, ask for one and write ticket.ref.",
                )
            )
        if not self._settings.ticket.notes:
            lines.append(
                ProbeLine(
                    ProbeLevel.WARNING,
                    "notes",
                    "It does not show the notes of a ticket, so one might be written twice.",
                    "If it does, write ticket.notes.",
                )
            )
        return lines


def _problem(subject: str, error: ConnectorError) -> ProbeLine:
    return ProbeLine(ProbeLevel.PROBLEM, subject, error.message, error.hint or "Try again later.")
