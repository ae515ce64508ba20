"""How Request Tracker reads a date inside a query, with every trap of H-10."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
# Whatever follows the seconds (" UTC", " +0000") is not looked at.
_WITH_SPACE = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)(?::(\d\d))?(?: .*)?")
_WITH_T = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)")


def read(text: str, zone: ZoneInfo) -> int:
    """Seconds since 1970 for a date of a query; `zone` is that of the account, else of the server.

    `YYYY-MM-DD HH:MM:SS` and `YYYY-MM-DDTHH:MM:SS` are local times of `zone`. Of `...T...Z` only the day counts, as
    midnight in `zone`. Anything else, also a number of seconds, is 1970. No input is an error.
    """
    if match := _WITH_SPACE.fullmatch(text) or _WITH_T.fullmatch(text) or _DAY.match(text):
        year, month, number, *rest = (int(part or 0) for part in match.groups())
        hour, minute, second = (*rest, 0, 0, 0)[:3]
        try:
            return int(datetime(year, month, number, hour, minute, second, tzinfo=zone).timestamp())
        except ValueError:
            return 0
    return 0


def day(text: str, zone: ZoneInfo) -> tuple[int, int]:
    """First second of the day of `zone` that `text` falls on, and first second of the next: what `=` compares with."""
    start = datetime.fromtimestamp(read(text, zone), zone).replace(hour=0, minute=0, second=0, fold=0)
    return int(start.timestamp()), int((start + timedelta(days=1)).timestamp())


def show(seconds: int) -> str:
    """The form of all times in JSON: UTC with a Z, whatever the time zones (H-10)."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
