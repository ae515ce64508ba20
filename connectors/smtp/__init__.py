"""Mail by SMTP: verified TLS, one connection for a pass, answers told apart by what to do next."""

from __future__ import annotations

from connectors.smtp.mail import SmtpMail
from connectors.smtp.settings import SmtpSettings
from kypek_sync.contract import ConnectorSpec, Role

SPEC = ConnectorSpec(
    name="smtp",
    title="SMTP",
    roles=frozenset({Role.MAIL}),
    settings=SmtpSettings,
    build=SmtpMail,
)

__all__ = ["SPEC", "SmtpMail", "SmtpSettings"]
