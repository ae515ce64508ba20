"""The wire: bounded, verified, complete-or-said-so reads, the same over either library (`line` is the port to them).

What ends a read, and what that end proves, is decided here alone, from the result code of every answer: a library may
keep quiet about a size limit (D-30), a failed bind (D-31) or a connection that was renewed between two pages (D-32).
Reads are always by pages: an account may be limited to a thousand entries a search and yet read everything in pages,
and an unpaged search that met its limit could not be begun anew without handing over the same entries twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from connectors.ldap.failures import check_ca_file, failure, named, no_page
from connectors.ldap.libraries import INSTALL, listener, reader
from connectors.ldap.line import (
    Answer,
    Control,
    Kind,
    Library,
    Line,
    Message,
    Question,
    RawLine,
    Same,
    Scope,
    Take,
    Trouble,
    Values,
    of_address,
)
from connectors.ldap.settings import LdapSettings
from kypek_sync.contract import ConnectorError, StopConnector, TryLater

__all__ = ["Answer", "Control", "Deaf", "Ending", "LdapClient", "Message", "Same", "Search", "Take", "escaped"]

_LIMITS = {3: "time limit", 4: "size limit", 11: "administrative limit"}
_SUCCESS, _SIZE_LIMIT, _REFERRAL, _ADMIN_LIMIT = 0, 4, 10, 11


@dataclass(frozen=True, slots=True)
class Search:
    """What to read: everything below `base` (or its children only) that passes `filter`, with these attributes."""

    base: str
    filter: str
    attributes: tuple[str, ...]
    subtree: bool = False

    @property
    def scope(self) -> Scope:
        """How far it reaches."""
        return Scope.SUBTREE if self.subtree else Scope.CHILDREN


@dataclass(frozen=True, slots=True)
class Ending:
    """How a read ended: entries and pages seen, and why it is not whole (a sentence; empty when it is)."""

    entries: int
    pages: int
    why_partial: str = ""


def escaped(value: str) -> str:
    """A value within a filter, no character of it with a meaning (RFC 4515, section 3)."""
    return "".join(f"\\{ord(c):02x}" if c in "\\*()\0" else c for c in value)


def _nobody(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
    """Takes an entry that nobody wants."""
    del dn, raw


class Deaf(Exception):
    """The library that listens found no way in, or no sense, where another one reads. The text and `hint` are the
    error's sentences."""

    def __init__(self, error: ConnectorError) -> None:
        super().__init__(error.message)
        self.hint = error.hint


class _TooLong(Exception):
    """The deadline passed while entries were coming."""


@contextmanager
def _told_late(end: float) -> Iterator[None]:
    """An answer that is given up at the deadline of its read took too long, however little was waited for last."""
    try:
        yield
    except Trouble as trouble:
        if trouble.what is not Kind.TIMEOUT or time.monotonic() < end:
            raise
        raise _TooLong from None


class _Counting:
    """Hands entries on, counts them and keeps the deadline."""

    def __init__(self, take: Take, seconds: int, same: Same | None = None) -> None:
        self.entries = 0
        self._take = take
        self._same = same
        self.end = time.monotonic() + seconds

    def __call__(self, dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
        self.entries += 1
        self._take(dn, raw)
        if time.monotonic() > self.end:
            raise _TooLong

    def same(self, name: bytes, attributes: list[bytes]) -> bool:
        """One that is perhaps as it was; if it is, that was it."""
        if self._same is None or not self._same(name, attributes):
            return False
        self.entries += 1
        if time.monotonic() > self.end:
            raise _TooLong
        return True

    def check(self) -> None:
        """Raises `_TooLong` after the deadline."""
        if time.monotonic() > self.end:
            raise _TooLong


class LdapClient:
    """Reads from one directory, named `system` in errors. Safe to use from several threads: each read has its own
    connection, at most `parallel` at a time. Raises `TryLater` and `StopConnector` only, besides what the receivers of
    entries raise."""

    def __init__(self, system: str, settings: LdapSettings, ca_file: str = "", using: Library | None = None) -> None:
        self.system = system
        self.settings = settings
        self._ca_file = ca_file
        self._library = using or reader(settings.library)
        self._using = using
        self._slots = threading.BoundedSemaphore(settings.parallel)

    @property
    def library(self) -> str:
        """The library that reads: `ldap3` or `python-ldap`."""
        return self._library.name

    @property
    def listener(self) -> str:
        """The library that hears syncrepl; empty where none can (D-43)."""
        return self._listener.name if self._listener is not None else ""

    @cached_property
    def _listener(self) -> Library | None:
        """Loaded when it is asked for, which is where a server offers syncrepl."""
        found = self._using or listener(self.settings.library)
        return found if found is not None and found.raw else None

    def read_all(self, search: Search, take: Take, same: Same | None = None, *, at_once: int = 0) -> Ending:
        """Hand every entry to `take` as it comes, unless `same` knows it, and say how it ended. A failure before the
        first entry raises; one after it makes the read partial. By pages of `at_once` entries where that is more than
        the settings say and the server gives so many."""
        counting = _Counting(take, self.settings.deadline, same)
        size = max(at_once, self.settings.page_size)
        pages = 0
        cookie: bytes | None = b""
        with self._session(self._library) as line:
            while True:
                question = self._question(search, cookie or b"", counting.end, size)
                try:
                    with _told_late(counting.end):
                        answer = line.search(question, counting, counting.same if same else None)
                    pages += 1
                    if answer.code == _ADMIN_LIMIT and not counting.entries:
                        if size > self.settings.page_size:
                            size = self.settings.page_size
                            continue
                        if self._refuses_one(line, question):
                            raise no_page(self.system, self.settings)
                    why = self._why_partial(answer, counting.entries)
                    if not why and answer.cookie:
                        counting.check()
                except Trouble as trouble:
                    problem = self._failure(trouble, f"reading {search.base}")
                    if not counting.entries or isinstance(problem, StopConnector):
                        raise problem from None
                    why = f"The read ended after {counting.entries} entries: {problem.message}"
                except _TooLong:
                    why = (
                        f"The read took longer than {self.settings.deadline} s and was given up at"
                        f" {counting.entries} entries."
                    )
                if why or not answer.cookie:
                    return Ending(counting.entries, pages, why)
                cookie = answer.cookie

    def look(self, search: Search, limit: int, *, itself: bool = False) -> list[tuple[str, Values]]:
        """At most `limit` entries, in one answer; with `itself`, the entry at `base` and not what is below it."""
        found: list[tuple[str, Values]] = []

        def take(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
            found.append((dn, {name: list(values) for name, values in raw.items()}))

        scope = Scope.ITSELF if itself else search.scope
        with self._session(self._library) as line:
            try:
                self._insist_on_an_answer(line.search(self._one_look(search, scope, limit), take))
            except Trouble as trouble:
                raise self._failure(trouble, f"reading {search.base}") from None
        return found

    def glance(self, *asked: tuple[Search, Scope]) -> list[Values]:
        """One entry of each, on one connection; nothing of one that the server does not show, for whatever reason."""
        found: list[Values] = []

        def take(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
            del dn
            found[-1].update({name: list(values) for name, values in raw.items()})

        with self._session(self._library) as line:
            for search, scope in asked:
                found.append({})
                try:
                    line.search(self._one_look(search, scope, 1), take)
                except Trouble as trouble:
                    raise self._failure(trouble, f"reading {search.base}") from None
        return found

    def listen(self, search: Search, controls: tuple[Control, ...], hear: Callable[[Message], None]) -> Answer:
        """One unpaged search with `controls`, every message of it handed to `hear` as it comes, with its own controls
        (RFC 4533). What the answer's code means is for the caller to judge. Raises `TryLater` or `StopConnector` where
        no answer came, `TryLater` also after the deadline; `Deaf` where the library that reads may do better."""
        end = time.monotonic() + self.settings.deadline

        def heard(message: Message) -> None:
            hear(message)
            if time.monotonic() > end:
                raise _TooLong

        question = Question(search.base, search.filter, search.attributes, search.scope, controls=controls, end=end)
        with self._listening() as line:
            try:
                with _told_late(end):
                    return line.listen(question, heard)
            except Trouble as trouble:
                problem = self._failure(trouble, f"reading {search.base}")
                if trouble.what is Kind.NONSENSE and self.listener != self.library:
                    raise Deaf(problem) from None
                raise problem from None
            except _TooLong:
                text = f"Listening to {search.base} took longer than {self.settings.deadline} s."
                raise TryLater(self.system, text, hint="Set a longer deadline, or read everything.") from None

    def sign_in(self) -> None:
        """Connect and sign in, and nothing else. Raises `TryLater` or `StopConnector`."""
        with self._session(self._library):
            return

    def sign_in_to_listen(self) -> None:
        """The same by the library that listens, where that is another one. Raises `Deaf` too."""
        if self.listener not in ("", self.library):
            with self._listening():
                return

    def _question(self, search: Search, cookie: bytes, end: float, page: int) -> Question:
        return Question(search.base, search.filter, search.attributes, search.scope, page=page, cookie=cookie, end=end)

    def _refuses_one(self, line: Line, question: Question) -> bool:
        """Whether a page of one entry is refused as well, so that no other size of it would do."""
        if question.page == 1:
            return True
        one = replace(question, page=1, end=time.monotonic() + self.settings.timeout)
        return line.search(one, _nobody).code == _ADMIN_LIMIT

    def _one_look(self, search: Search, scope: Scope, limit: int) -> Question:
        """A few entries at most: they are given up as one answer is."""
        end = time.monotonic() + self.settings.timeout
        return Question(search.base, search.filter, search.attributes, scope, limit=limit, end=end)

    def _why_partial(self, answer: Answer, entries: int) -> str:
        """Why a page was not whole, or an empty word. Raises `Trouble` for a code that is a failure and no end."""
        code = answer.code
        if code in _LIMITS and (entries or code != _ADMIN_LIMIT):  # to a page that is too large slapd answers 11
            who = self.settings.bind_dn or "an anonymous reader"
            return (
                f"The directory gave {entries} entries and stopped at its {_LIMITS[code]} ({named(code)});"
                f" ask the ΠΣΔ to lift that limit for {who}."
            )
        if code == _REFERRAL or answer.referrals:
            return f"The directory refers to another server for a part; {entries} entries were read from this one."
        if code != _SUCCESS:
            raise Trouble(code)
        if answer.cookie is None:
            return f"The directory gave {entries} entries and did not say whether that is all."
        return ""

    def _insist_on_an_answer(self, answer: Answer) -> None:
        if answer.code in (_SUCCESS, _SIZE_LIMIT):
            return
        if answer.code in (*_LIMITS, _REFERRAL):
            text = f"{self.settings.address} did not answer a look-up ({named(answer.code)})."
            raise StopConnector(self.system, text, hint="Ask the ΠΣΔ for an index, or for higher limits.")
        raise Trouble(answer.code)

    def _failure(self, trouble: Trouble, doing: str) -> ConnectorError:
        what = of_address(self.settings) if trouble.what is Kind.UNREACHABLE else trouble.what
        return failure(self.system, self.settings, what, doing)

    @contextmanager
    def _listening(self) -> Iterator[RawLine]:
        """A session on which one can listen. Libraries have views of their own of a certificate: another one than reads
        may fail where reading goes well."""
        if self._listener is None:
            raise StopConnector(self.system, f"{self.library} cannot listen.", hint=INSTALL)
        with ExitStack() as stack:
            try:
                line = stack.enter_context(self._session(self._listener))
            except ConnectorError as error:
                if self.listener == self.library:
                    raise
                raise Deaf(error) from None
            if not isinstance(line, RawLine):
                raise StopConnector(self.system, f"{self.listener} cannot listen.", hint=INSTALL)
            yield line

    @contextmanager
    def _session(self, library: Library) -> Iterator[Line]:
        """A line that is encrypted as set and signed in; closed at the end whatever happens."""
        settings = self.settings
        with self._slots:
            line: Line | None = None
            try:
                doing = "connecting"
                try:
                    if settings.tls and self._ca_file:
                        check_ca_file(self.system, settings, self._ca_file)
                    line = library.open(settings, self._ca_file)
                    if settings.tls and not settings.ldaps:
                        doing = "starting TLS"
                        line.start_tls()
                    doing = "signing in"
                    line.sign_in()
                except Trouble as trouble:
                    raise self._failure(trouble, doing) from None
                yield line
            finally:
                if line is not None:
                    line.close()
