"""Whether a directory is read in full or only what changed, and why. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from kypek_sync.ledger.cursors import Standing
from kypek_sync.model import local
from kypek_sync.settings.shape import DirectoryRules

AGAIN = timedelta(hours=1)
"""A full read that failed or proved nothing, or that a refused delta asks for, is not made again sooner while there is
a cursor: a server that is unwell is not asked for everything every few minutes."""
NIGHTS = timedelta(hours=24)
"""Full reads that are made no more often than this are made at night."""


class Why(StrEnum):
    """Why everything is read."""

    ASKED = "it was asked for"
    FIRST = "it was never read in full before"
    SWITCHED = "people were known from another directory until now"
    NO_CHANGES = "it cannot tell what changed"
    AGE = "the last full read is old enough"
    LEAVING = "somebody who is leaving may be gone"
    CLOCK = "our clock was set back"
    REFUSED = "what changed could not be told"
    PARTIAL = "the last full read showed only a part"


def why_full(
    standing: Standing,
    now: datetime,
    rules: DirectoryRules,
    leaves: datetime | None,
    *,
    by_hand: bool = False,
    small: bool = False,
) -> Why | None:
    """Why everything is to be read now; None: only what changed. `leaves` is the first moment of which a full read can
    count somebody as gone (rule 2), None while nobody is leaving. Whoever asks `by_hand` after a read that showed only
    a part need not wait: no delta brings what that lacked. `small`: the last full read was (`waits_for_somebody`)."""
    if standing.full_at is None:
        return Why.FIRST
    if not standing.cursor:
        return Why.NO_CHANGES
    partly = standing.tried_at is not None and standing.tried_at > standing.full_at
    if not may_try(standing, now) and not (by_hand and partly):
        return None
    if before_last(standing, now):
        return Why.CLOCK
    if small and not by_hand and waits_for_somebody(standing, now, rules):
        return None
    if standing.behind and not lagged_for_long(standing, now, rules):
        return None  # everything would be as old as what the server shows now
    if now >= next_full(standing.full_at, rules):
        return Why.AGE
    if leaves is not None and standing.full_at < leaves <= now and now - standing.full_at >= rules.absence_gap:
        return Why.LEAVING
    return Why.PARTIAL if partly else None


def before_last(standing: Standing, now: datetime) -> bool:
    """Whether it is earlier by our clock than when everything was read last: one of the two moments is wrong. A delta
    read now could say that somebody is leaving since long ago, and the grace would be over by tomorrow."""
    return standing.full_at is not None and now < standing.full_at


def may_try(standing: Standing, now: datetime) -> bool:
    """Whether a full read may be made although there is a cursor: the last one was good, or is some time ago."""
    tried = standing.tried_at
    return tried is None or tried == standing.full_at or not timedelta(0) <= now - tried < AGAIN


def waits_for_somebody(standing: Standing, now: datetime, rules: DirectoryRules) -> bool:
    """Whether the next full read is made at its ordinary time only, where the last one showed far too few and nothing
    else spoke against it: the server is well, another read shows the same, and what helps is a person who says that it
    is right, or those who are missing. When they are back, a delta tells."""
    tried = standing.tried_at
    if tried is None or standing.refused_at is None or (standing.full_at is not None and tried <= standing.full_at):
        return False
    return tried <= now < next_full(tried, rules)


def may_heal(standing: Standing, now: datetime) -> bool:
    """Whether a full read may be made because a delta was refused: not if that was done just now and did not help."""
    return standing.healed_at is None or not timedelta(0) <= now - standing.healed_at < AGAIN


def lagged_for_long(standing: Standing, now: datetime, rules: DirectoryRules) -> bool:
    """Whether it has done so for so long that it is no replica that will catch up."""
    since = standing.refused_since
    return standing.behind and since is not None and now - since >= rules.lag


def next_full(last: datetime, rules: DirectoryRules) -> datetime:
    """When the next full read is due after a good one: at night where it is made once a day or less often, in the first
    night that comes at most half a day too early. Aware UTC; the hour is one of Athens."""
    if rules.full_every < NIGHTS:
        return last + rules.full_every
    earliest = last + rules.full_every - NIGHTS / 2
    here = local(earliest)
    night = here.replace(hour=rules.full_hour, minute=0, second=0, microsecond=0)
    if night < here:
        night = (here + timedelta(days=1)).replace(hour=rules.full_hour, minute=0, second=0, microsecond=0)
    return night
