"""Whether the server is there, takes our secret, and keeps the time. No meeting is created for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.bigbluebutton.client import BigBlueButtonClient, Refused, Reply
from kypek_sync.contract import ConnectorError, Probe, ProbeLevel, ProbeLine, StopConnector
from kypek_sync.model import Clock

_SKEW = timedelta(seconds=30)
_STEP = "Check the address and the network."


def probe(client: BigBlueButtonClient, clock: Clock, *, lists_meetings: bool) -> Probe:
    """The lines of `check`."""
    lines: list[ProbeLine] = []
    version, date = _version(client, lines)
    usable = True
    try:
        listed = client.read("getMeetings")
        date = listed.date or date
    except StopConnector as error:
        usable = False
        lines.append(ProbeLine(ProbeLevel.OK, "address", f"{client.address} answers."))
        lines.append(ProbeLine(ProbeLevel.PROBLEM, "secret", error.message, error.hint))
    except Refused as error:
        lines.append(ProbeLine(ProbeLevel.OK, "address", f"{client.address} answers."))
        step = "Ask its administrators to allow getMeetings; until then set `lists_meetings: false`."
        level = ProbeLevel.PROBLEM if lists_meetings else ProbeLevel.WARNING
        lines.append(ProbeLine(level, "presence", f"It does not tell who is present. {error.message}", step))
    except ConnectorError as error:
        return Probe((ProbeLine(ProbeLevel.PROBLEM, "address", error.message, error.hint or _STEP),))
    else:
        lines.append(ProbeLine(ProbeLevel.OK, "address", f"{client.address} answers."))
        lines.append(ProbeLine(ProbeLevel.OK, "secret", "It accepts the secret, with SHA-256."))
        lines += _presence(listed, lists_meetings=lists_meetings)
    if usable:
        lines += _skew(clock(), date)
    return Probe(tuple(lines), version)


def _version(client: BigBlueButtonClient, lines: list[ProbeLine]) -> tuple[str, datetime | None]:
    try:
        root = client.root()
    except ConnectorError:
        step = "Nothing needs to be done if a balancer stands in front of it."
        lines.append(ProbeLine(ProbeLevel.WARNING, "version", "It does not tell its version.", step))
        return "", None
    api = (root.root.findtext("apiVersion") or root.root.findtext("version") or "").strip()[:40]
    server = (root.root.findtext("bbbVersion") or "").strip()[:40]
    version = f"BigBlueButton {server}, API {api}" if server else f"API {api or 'without a number'}"
    lines.append(ProbeLine(ProbeLevel.OK, "version", f"It is {version}."))
    return version, root.date


def _presence(listed: Reply, *, lists_meetings: bool) -> list[ProbeLine]:
    if not lists_meetings:
        text = "It is set not to list meetings, so presence read from it always has gaps."
        step = "Ask its administrators to allow getMeetings, then set `lists_meetings: true`."
        return [ProbeLine(ProbeLevel.WARNING, "presence", text, step)]
    if listed.key == "noMeetings":
        text = "It says that no meeting runs now; that cannot be told from a balancer that hides them."
    else:
        text = "It lists the meetings that run."
    return [ProbeLine(ProbeLevel.OK, "presence", text)]


def _skew(ours: datetime, server: datetime | None) -> list[ProbeLine]:
    if server is None:
        return []
    apart = abs(ours - server)
    if apart <= _SKEW:
        return [ProbeLine(ProbeLevel.OK, "clock", "Its clock and ours agree.")]
    text = f"Its clock and ours are {apart.total_seconds():.0f} seconds apart."
    return [ProbeLine(ProbeLevel.WARNING, "clock", text, "Set both by NTP: times of presence hang on it.")]
