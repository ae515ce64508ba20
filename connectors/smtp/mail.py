"""The Mail role by SMTP: at least once, with the same Message-ID, since no server can be asked what it took."""

from __future__ import annotations

from connectors.smtp.addresses import Unsendable, one_address
from connectors.smtp.client import RefusedForGood, SmtpClient
from connectors.smtp.letters import Stationery
from connectors.smtp.settings import SmtpSettings
from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    Letter,
    Outcome,
    Probe,
    ProbeLevel,
    ProbeLine,
    Receipt,
    StopConnector,
    TryLater,
)


class SmtpMail:
    """One mail server. Nothing is connected before the first letter; the connection is kept until `close`."""

    def __init__(self, settings: SmtpSettings, context: ConnectorContext) -> None:
        self.system = context.name
        self._settings = settings
        self._clock = context.clock
        sender = one_address(settings.sender, "sender")
        self._stationery = Stationery(
            sender,
            one_address(settings.reply_to, "setting reply_to") if settings.reply_to else None,
        )
        self._client = SmtpClient(context.name, settings, context.folder, sender.domain)

    def capabilities(self) -> frozenset[Capability]:
        """None: mail has nothing that differs."""
        return frozenset()

    def probe(self) -> Probe:
        """Connects, verifies TLS and logs in, as for a letter; no mail is sent."""
        place = self._client.place
        try:
            self._client.greet()
        except TryLater as error:
            lines = [ProbeLine(ProbeLevel.PROBLEM, "address", error.message, error.hint)]
        except StopConnector as error:
            lines = [ProbeLine(ProbeLevel.PROBLEM, "settings", error.message, error.hint)]
        else:
            lines = [ProbeLine(ProbeLevel.OK, "address", f"{place} answers.")]
            if self._settings.security != "none":
                lines.append(ProbeLine(ProbeLevel.OK, "tls", "The connection is protected, its certificate verified."))
            if self._settings.username:
                lines.append(ProbeLine(ProbeLevel.OK, "login", "It accepts our login."))
        return Probe(tuple(lines))

    def send(self, letter: Letter) -> Receipt:
        """Hand the letter over. `REFUSED`: it can never be sent (an address that does not exist or is none, a line
        break in a header, too large). Raises `TryLater` before the content went out, `Ambiguous` after it, and
        `StopConnector` where login, sender or relaying is refused."""
        try:
            self._client.deliver(self._stationery.envelope(letter, self._clock()))
        except (Unsendable, RefusedForGood) as error:
            return Receipt(Outcome.REFUSED, foreign_id=letter.message_id, detail=str(error))
        return Receipt(Outcome.DONE, foreign_id=letter.message_id)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
