"""What `check` says of a Request Tracker: every line tells what was looked at and what to do about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.request_tracker.client import Forbidden, RequestTrackerClient, segment
from connectors.request_tracker.mapping import QueueShown
from connectors.request_tracker.queues import Queues
from connectors.request_tracker.settings import RequestTrackerSettings
from kypek_sync.contract import ConnectorError, Probe, ProbeLevel, ProbeLine, SkipThis, StopConnector, TryLater
from kypek_sync.model import Clock

_SKEW = timedelta(minutes=2)
_MAJOR = 5
_UTC = frozenset({"utc", "etc/utc", "gmt", "etc/gmt"})


class Probing:
    """Looks at address, token, version, queues with their fields and rights, time zone and clock."""

    def __init__(
        self, client: RequestTrackerClient, queues: Queues, settings: RequestTrackerSettings, clock: Clock
    ) -> None:
        self._client = client
        self._queues = queues
        self._settings = settings
        self._clock = clock

    def probe(self) -> Probe:
        """The lines of `check`; never raises a `ConnectorError`."""
        address = self._client.address
        try:
            read = self._client.read("rt")
            if not isinstance(read.value, dict) or "Version" not in read.value:
                raise TryLater(
                    self._client.system,
                    f"{address} does not answer as Request Tracker does.",
                    hint="Check the address; /REST/2.0 is added to it.",
                )
        except TryLater as error:
            step = error.hint or "Check the address and the network."
            return Probe((ProbeLine(ProbeLevel.PROBLEM, "address", error.message, step),))
        except StopConnector as error:
            fine = ProbeLine(ProbeLevel.OK, "address", f"{address} answers.")
            return Probe((fine, ProbeLine(ProbeLevel.PROBLEM, "token", error.message, error.hint)))
        version = str(read.value["Version"])
        lines = [
            ProbeLine(ProbeLevel.OK, "address", f"{address} answers."),
            ProbeLine(ProbeLevel.OK, "token", "It accepts the token."),
            _version(version),
        ]
        try:
            lines += self._queue_lines()
            lines += self._account_lines()
        except ConnectorError as error:
            lines.append(ProbeLine(ProbeLevel.PROBLEM, "queues", error.message, error.hint or "Try again later."))
        return Probe((*lines, *self._clock_lines(read.date)), version)

    def _queue_lines(self) -> list[ProbeLine]:
        """At least one queue must have the two fields without which nothing is written."""
        queues = []
        for number in self._queues.ids():
            try:
                queues.append(self._queues.fresh(number))
            except SkipThis:
                continue
        if not queues:
            return [
                ProbeLine(
                    ProbeLevel.PROBLEM,
                    "queues",
                    "It shows our account no queue.",
                    "Ask for the rights of the letter on the centre's queue.",
                )
            ]
        ready = [queue for queue in queues if not self._lacking(queue)]
        level = ProbeLevel.WARNING if ready else ProbeLevel.PROBLEM
        lines = []
        if ready:
            names = ", ".join(sorted(queue.name for queue in ready))
            lines.append(ProbeLine(ProbeLevel.OK, "queues", f"Tickets can be opened in: {names}."))
        for queue in queues:
            if lacking := self._lacking(queue):
                text = f"In the queue {queue.name} nothing can be written: {', '.join(lacking)}."
                step = "Ask the helpdesk to add what is missing, if it is the centre's queue."
                lines.append(ProbeLine(level, "queues", text, step))
        return lines

    def _lacking(self, queue: QueueShown) -> list[str]:
        """What a queue lacks, in words."""
        settings = self._settings
        wanted = [
            (settings.ref_field, queue.ticket_fields, "ref_field"),
            (settings.event_field, queue.note_fields, "event_field"),
        ]
        if settings.seminar_field:
            wanted.append((settings.seminar_field, queue.ticket_fields, "seminar_field"))
        lacking = [
            f"it has no custom field {field} (setting `{setting}`)"
            for field, fields, setting in wanted
            if field.casefold() not in {one.casefold() for one in fields}
        ]
        return lacking if queue.may_create else [*lacking, "our account lacks the right CreateTicket"]

    def _account_lines(self) -> list[ProbeLine]:
        """Our own account: its name tells our changes from others', its time zone should be UTC (H-10)."""
        account = self._settings.account
        try:
            data = self._client.read(f"user/{segment(account)}").value
        except Forbidden:
            data = None
        if not isinstance(data, dict) or "Timezone" not in data:
            return [
                ProbeLine(
                    ProbeLevel.WARNING,
                    "account",
                    f"The token is not that of an account {account}.",
                    "Write in `account` whose token it is; else our own changes come back as if others had made them.",
                )
            ]
        zone = str(data["Timezone"] or "")
        if zone.lower() in _UTC:
            return [ProbeLine(ProbeLevel.OK, "account", f"The account {account} has the time zone UTC.")]
        return [
            ProbeLine(
                ProbeLevel.WARNING,
                "account",
                f"The account {account} has the time zone {zone or 'of the server'}; dates in searches are read in it.",
                "Ask for the time zone UTC on that account.",
            )
        ]

    def _clock_lines(self, server: datetime | None) -> list[ProbeLine]:
        if server is None:
            return []
        apart = abs(self._clock() - server)
        if apart <= _SKEW:
            return [ProbeLine(ProbeLevel.OK, "clock", "Its clock and ours agree.")]
        text = f"Its clock and ours are {apart.total_seconds() / 60:.0f} minutes apart."
        return [ProbeLine(ProbeLevel.WARNING, "clock", text, "Set both by NTP.")]


def _version(version: str) -> ProbeLine:
    major = version.partition(".")[0]
    if major.isdecimal() and int(major) >= _MAJOR:
        return ProbeLine(ProbeLevel.OK, "version", f"It is Request Tracker {version}.")
    return ProbeLine(
        ProbeLevel.WARNING,
        "version",
        f"It is Request Tracker {version}; this connector was made for {_MAJOR}.",
        "Ask for an update.",
    )
