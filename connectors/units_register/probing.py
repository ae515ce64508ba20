"""Whether the register can be read, for `check`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from connectors.units_register.client import MmClient
from connectors.units_register.settings import UnitsRegisterSettings
from kypek_sync.contract import ConnectorError, Probe, ProbeLevel, ProbeLine
from kypek_sync.model import Clock

_SKEW = timedelta(minutes=10)


def probe(client: MmClient, settings: UnitsRegisterSettings, clock: Clock) -> Probe:
    """Address, one page, count and clock. Never raises a `ConnectorError`."""
    lines: list[ProbeLine] = []
    try:
        lines.extend(_lines(client, settings, clock))
    except ConnectorError as error:
        step = error.hint or "It is read again by itself; until then what was read before counts."
        lines.append(ProbeLine(ProbeLevel.PROBLEM, "address", error.message, step))
    return Probe(tuple(lines))


def _lines(client: MmClient, settings: UnitsRegisterSettings, clock: Clock) -> Iterator[ProbeLine]:
    directorates = client.directorates()
    yield ProbeLine(ProbeLevel.OK, "address", f"{client.address} answers guests; no account is used.")
    page = client.units(1, settings.page_size, settings.states)
    yield ProbeLine(ProbeLevel.OK, "page", f"A page of {settings.page_size} units can be read.")
    if page.total and directorates.total:
        text = f"It has {page.total} units of {directorates.total} directorates."
        yield ProbeLine(ProbeLevel.OK, "count", text)
    else:
        text = f"It says {page.total} units and {directorates.total} directorates."
        step = "Nothing of that is believed; look again tomorrow, and check `address` and `states`."
        yield ProbeLine(ProbeLevel.WARNING, "count", text, step)
    yield from _clock(client, clock)


def _clock(client: MmClient, clock: Clock) -> Iterator[ProbeLine]:
    server = client.clock()
    if server is None:
        return
    apart = abs(clock() - server)
    if apart <= _SKEW:
        yield ProbeLine(ProbeLevel.OK, "clock", "Its clock and ours agree.")
    else:
        text = f"Its clock and ours are {apart.total_seconds() / 60:.0f} minutes apart."
        yield ProbeLine(ProbeLevel.WARNING, "clock", text, "Set ours by NTP: the register's age is told by it.")
