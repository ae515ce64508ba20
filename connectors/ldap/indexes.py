"""Whether the server has an index on modifyTimestamp, told from how long it takes to answer.

A server does not say which indexes it has. A question by an indexed attribute to which nothing fits is answered at
once, whatever the directory's size; one without an index looks at every entry, like a negation, for which no index
helps (back-mdb, filterindex.c). So both are timed, beside a question that costs nothing but the way there and back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from connectors.ldap.client import LdapClient, Search
from kypek_sync.contract import ConnectorError, ProbeLevel, ProbeLine

NEVER = "29991231235959Z"
"""A moment after which nothing has changed."""

TRIES = 3
"""Each question is asked so often and the quickest answer counts: others load the server too."""

NOTICEABLE = 0.02
"""Seconds for a look at every entry below which nobody would notice that there is no index, and no clock could tell."""

Seconds = Callable[[], float]
"""A clock that only runs forward, in seconds."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds for three questions to which nothing fits: `way` by a name, `changes` by modifyTimestamp, `every` one
    that looks at every entry."""

    way: float
    changes: float
    every: float

    @property
    def noticeable(self) -> bool:
        """Whether a look at every entry takes long enough to tell anything from it."""
        return self.every - self.way >= NOTICEABLE

    @property
    def indexed(self) -> bool:
        """Whether a question by modifyTimestamp takes less than half as long as a look at every entry."""
        return self.changes - self.way < (self.every - self.way) / 2


def index_lines(client: LdapClient, seconds: Seconds = time.perf_counter) -> list[ProbeLine]:
    """A warning where changes are searched for without an index; nothing where there is one, or where it would not
    matter. Never raises a `ConnectorError`."""
    try:
        timing = measured(client, seconds)
    except ConnectorError as error:
        return [ProbeLine(ProbeLevel.WARNING, "index", error.message, error.hint)]
    if not timing.noticeable or timing.indexed:
        return []
    text = (
        f"To find what changed by modifyTimestamp takes {timing.changes:.2f} s, like a look at every entry"
        f" ({timing.every:.2f} s): the directory has no index on it."
    )
    step = "Ask the ΠΣΔ for an equality index on modifyTimestamp; until then each look for changes loads the server."
    return [ProbeLine(ProbeLevel.WARNING, "index", text, step)]


def measured(client: LdapClient, seconds: Seconds) -> Timing:
    """Ask the three questions."""
    return Timing(
        way=_quickest(client, "(uid=nobody.is.called.so)", seconds),
        changes=_quickest(client, f"(modifyTimestamp>={NEVER})", seconds),
        every=_quickest(client, "(!(uid=*))", seconds),
    )


def _quickest(client: LdapClient, filter_: str, seconds: Seconds) -> float:
    search = Search(client.settings.people_base, filter_, ("1.1",))
    took = []
    for _ in range(TRIES):
        start = seconds()
        client.look(search, limit=1)
        took.append(seconds() - start)
    return min(took)
