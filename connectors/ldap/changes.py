"""What changed since a cursor, in the way that server and library allow: syncrepl, else modifyTimestamp with an overlap
and, from time to time, the names of all (D-36). Says so when the server shows an earlier state than the cursor's, and
when only a full read can tell.

Documented limits: the roles that come from groups (memberOf) change without the person's entry being touched, so a
delta does not show them; the next full read does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import connectors.ldap.cursor as cursors
from connectors.ldap.client import Ending, LdapClient, Same, Search, Take
from connectors.ldap.cursor import Cursor, Order
from connectors.ldap.line import Scope
from connectors.ldap.names import Names, Stamped, names_of_all
from connectors.ldap.syncrepl import SYNC_REQUEST, Heard, heard_since
from kypek_sync.contract import Known
from kypek_sync.model import Clock, PersonKey

OVERLAP = timedelta(minutes=15)
"""How far a delta reaches back before its cursor: a replica gets changes later than they were made."""
AHEAD = timedelta(days=1)
"""An entry dated further ahead of our clock than this says nothing of what was seen."""
YOUNG = timedelta(hours=1)
"""A state from which a server cannot continue although it is no older: its log was lost, or it keeps none."""
QUICK = 2.0
"""Seconds that holding the names of all against those we know may take at every delta."""

_NO_TIME = "The directory does not show modifyTimestamp any more."


@dataclass(frozen=True, slots=True)
class Offer:
    """What server, account and library allow. `by_time`: modifyTimestamp can be read, without which there is no delta.
    `by_sync`: syncrepl as well, with what it takes to tell a stale cookie; `served`: the server offers that, whatever
    the library can."""

    by_time: bool
    by_sync: bool
    served: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """As `PeopleDelta`, for one base."""

    entries: int = 0
    gone: tuple[PersonKey, ...] = ()
    cursor: str = ""
    reset: bool = False
    why: str = ""
    behind: bool = False


class Changes:
    """The changes below the people's base. Safe to use from several threads. `of` tells one way of reading from another
    (`Cursor.of`); `everybody` is the filter of the full read."""

    def __init__(self, client: LdapClient, everybody: Search, of: str, clock: Clock) -> None:
        self._client = client
        self._everybody = everybody
        self._of = of
        self._clock = clock
        self._lock = threading.Lock()
        self._offer: Offer | None = None

    def offer(self) -> Offer:
        """What is possible; asked once. Raises `TryLater` and `StopConnector`."""
        while (known := self._offer) is None:
            self._state()
        return known

    def forget(self) -> None:
        """Ask anew next time."""
        with self._lock:
            self._offer = None

    def read_all(self, take: Take, same: Same) -> tuple[Ending, str]:
        """Read everybody, and say where a later delta may start; an empty cursor where there is none. What changes
        while reading comes after it."""
        self.forget()
        now, state = self._clock(), self._state()
        if not self.offer().by_time:
            return self._client.read_all(self._everybody, take, same), ""
        began = time.monotonic()
        if state:
            ending, newest = self._client.read_all(self._everybody, take, same), cursors.newest_of(state)
        else:
            stamped = Stamped(take, now + AHEAD, same=same)
            ending = self._client.read_all(self._with_time(self._everybody.filter), stamped, stamped.as_it_was)
            newest = _earlier(stamped.newest, timedelta(seconds=time.monotonic() - began))
        if ending.why_partial or not newest or _far_ahead(newest, now):
            return ending, ""
        return ending, Cursor(self._of, newest, state, names_at=now.isoformat()).written()

    def since(self, written: str, take: Take, known: Known | None) -> Delta:
        """What changed since a cursor. Raises `TryLater` and `StopConnector`."""
        start = cursors.cursor_of(written)
        if start is None or start.of != self._of:
            return _reset("The cursor is none of this directory as it is read now.")
        if _far_ahead(start.newest, self._clock()):
            return _reset(f"Our clock is far behind the directory's, which shows a change of {_shown(start.newest)}.")
        state = self._state()
        if start.state and not state:
            return _reset("The directory does not show its state (contextCSN) any more.")
        if start.state and (stands := cursors.order(start.state, state)) is not Order.LATER:
            if stands is Order.EARLIER:
                return _behind(written, cursors.newest_of(start.state), cursors.newest_of(state))
            if not (start.unseen and self._names_are_due(start)):
                return Delta(cursor=written)
        if not self.offer().by_time:
            return _reset(_NO_TIME)
        if start.state and self.offer().by_sync and not start.unseen:
            return self._by_sync(start, state, take, known)
        return self._by_time(start, state, take, known, names=self.offer().by_sync)

    # ---------------------------------------------------------------------------------------------- syncrepl

    def _by_sync(self, start: Cursor, state: Sequence[str], take: Take, known: Known | None) -> Delta:
        heard = heard_since(self._client, self._everybody, start.state, take)
        if heard.limit:
            return _reset(f"The directory stopped at its {heard.limit} while telling changes.")
        if not heard.stale and not heard.refused and not heard.deaf:
            gone = tuple(PersonKey("entry-uuid", one) for one in heard.gone)
            then = replace(start, state=heard.state, newest=cursors.newest_of(heard.state))
            return Delta(heard.entries, gone, then.written())
        why = _why_not(heard)
        age = _between(cursors.newest_of(start.state), cursors.newest_of(state))
        if heard.stale and age > YOUNG:
            return _reset(f"{why} Our state was {_hours(age)} old.")
        if known is None:
            return _reset(why)
        delta = self._by_time(start, state, take, known, names=True)
        return replace(delta, why=f"{why} {delta.why}".strip())

    # ---------------------------------------------------------------------------------------------- modifyTimestamp

    def _by_time(
        self, start: Cursor, state: Sequence[str], take: Take, known: Known | None, *, names: bool = False
    ) -> Delta:
        """The names first: who comes between the two is among the changed."""
        now = self._clock()
        look = known is not None and (names or self._names_are_due(start))
        there = names_of_all(self._client, self._everybody) if look else None
        if there is not None and there.why_partial:
            return _reset(there.why_partial)
        stamped = Stamped(take, now + AHEAD, named=True)
        since = _earlier(start.newest, OVERLAP)
        ending = self._client.read_all(self._with_time(f"(modifyTimestamp>={since})"), stamped)
        if ending.why_partial:
            return _reset(ending.why_partial)
        if not stamped.newest:
            self.forget()  # nothing to see, or no right to see it any more
            if not self.offer().by_time:
                return _reset(_NO_TIME)
        lost = known is not None and not start.state and start.held and stamped.newest < start.newest
        if lost and there is None:
            there = names_of_all(
                self._client, self._everybody
            )  # the newest entry is gone, or the server shows an earlier state
            if there.why_partial:
                return _reset(there.why_partial)
        gone: tuple[PersonKey, ...] = ()
        if there is not None and known is not None:
            before = known()
            if strange := there.logins - before - stamped.logins:
                return _behind(start.written(), start.newest, stamped.newest) if lost else _reset(_strange(strange))
            gone = tuple(PersonKey("login", one) for one in sorted(before - there.logins - stamped.logins))
        if lost and not gone:
            return _behind(start.written(), start.newest, stamped.newest)
        return Delta(ending.entries, gone, self._next(start, state, stamped.newest, there, now).written())

    def _next(self, start: Cursor, state: Sequence[str], seen: str, there: Names | None, now: datetime) -> Cursor:
        newest = cursors.newest_of(state) if state else seen or start.newest
        then = replace(start, newest=newest, state=tuple(state), held=bool(state or seen), unseen=there is None)
        return then if there is None else replace(then, names_at=now.isoformat(), names_took=there.took)

    def _names_are_due(self, start: Cursor) -> bool:
        """Always where it is quick, else from time to time; also when our clock was set back."""
        if start.names_took <= QUICK:
            return True
        try:
            passed = self._clock() - datetime.fromisoformat(start.names_at)
        except (ValueError, TypeError):
            return True
        return not timedelta(0) <= passed < timedelta(seconds=self._client.settings.names_every)

    # ---------------------------------------------------------------------------------------------- the server

    def _state(self) -> tuple[str, ...]:
        """Where the server stands; what it offers is asked too, on the same connection, unless that is known."""
        suffix = Search(self._client.settings.base, "(objectClass=*)", ("contextCSN",))
        with self._lock:
            if self._offer is not None:
                return cursors.state_of(*self._client.glance((suffix, Scope.ITSELF)))
            every = self._everybody
            anybody = Search(every.base, every.filter, ("modifyTimestamp", "entryUUID", "entryCSN"))
            root = Search("", "(objectClass=*)", ("supportedControl",))
            its, shown, offers = self._client.glance(
                (suffix, Scope.ITSELF), (anybody, anybody.scope), (root, Scope.ITSELF)
            )
            state = cursors.state_of(its)
            names = {name.casefold() for name in shown}
            controls = {one for those in offers.values() for one in those}
            serves = bool(state) and {"entryuuid", "entrycsn"} <= names and SYNC_REQUEST.encode() in controls
            by_time = "modifytimestamp" in names
            self._offer = Offer(by_time, by_time and serves and bool(self._client.listener), by_time and serves)
            return state

    def _with_time(self, filter_: str) -> Search:
        every = self._everybody
        both = filter_ if filter_ == every.filter else f"(&{every.filter}{filter_})"
        return replace(every, filter=both, attributes=(*every.attributes, "modifyTimestamp"))


def _earlier(moment: str, by: timedelta) -> str:
    at = cursors.moment(moment)
    return cursors.written(at - by) if at is not None else ""


def _between(earlier: str, later: str) -> timedelta:
    first, second = cursors.moment(earlier), cursors.moment(later)
    return second - first if first is not None and second is not None else timedelta.max


def _far_ahead(moment: str, now: datetime) -> bool:
    at = cursors.moment(moment)
    return at is not None and at > now + AHEAD


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:.0f} h"


def _shown(moment: str) -> str:
    at = cursors.moment(moment)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at is not None else moment


def _reset(why: str) -> Delta:
    return Delta(reset=True, why=why)


def _behind(written: str, before: str, now: str) -> Delta:
    why = f"The directory shows no change as late as that, and a change of {_shown(before)} was seen already."
    if now:
        why = f"The directory is at the state of {_shown(now)}, and a change of {_shown(before)} was seen already."
    return Delta(cursor=written, behind=True, why=why)


def _why_not(heard: Heard) -> str:
    if heard.deaf:
        return f"What the directory tells by syncrepl could not be heard. {heard.deaf}"
    if heard.refused:
        return "The directory refused to tell changes by syncrepl."
    return f"The directory could not continue from our state: {heard.stale}."


def _strange(logins: AbstractSet[str]) -> str:
    return f"{len(logins)} entries are there of which no change told."
