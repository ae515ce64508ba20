"""What `ldapsearch` writes around the entries of an export: where each search begins, and by what it proves its end.

As OpenLDAP's 2.4 to 2.6 print it: a head (`# LDAPv3`), the entries, `# search result` with `result: 0 Success`, then
`# numResponses` and, where there were entries, `# numEntries`. With `-E pr=N` each page has a head and a result of its
own, and only the last one, whose cookie is empty, is followed by the counts, of all pages together. With `-f` there is
one head, and each search has its `# filter:` and its counts. So a result proves the end of a page; the counts alone
prove that of a search.
"""

from __future__ import annotations

import re

from kypek_sync.contract import quoted

_HEAD = b"# LDAPv3"
_FILTER = b"# filter: "
_RESULT_FOLLOWS = b"# search result"
_ENTRIES = re.compile(rb"# numEntries: (\d+)")
_RESPONSES = re.compile(rb"# numResponses: \d+")
_RESULT = re.compile(rb"result: (\d{1,4}) ?(.*)")
_COOKIE = re.compile(rb"(?:# )?pagedresults:.*?cookie=(.*)")


class Searches:
    """Takes the lines that are no entries, in their order, and tells afterwards whether each search has its end."""

    def __init__(self) -> None:
        self._open = False
        """A head was met, and not yet its result."""
        self._uncounted = False
        """A search was met, and not yet its counts."""
        self._more = False
        """The last page said that others follow."""
        self._told = False
        """The search at hand told its result."""
        self._counted = self._all_told = False
        self._declared: int | None = None
        self._torn = ""
        self.failed = ""
        """The result with which a search ended, if that was none of success."""

    def comment(self, line: bytes, read: int) -> None:
        """A comment of the file; `read` is the number of entries before it."""
        if line == _HEAD:
            self._begin()
        elif line.startswith(_FILTER):
            if not self._open and not self._more:
                self._begin()
        elif line == _RESULT_FOLLOWS:
            self._open, self._uncounted, self._more = False, True, False
        elif match := _ENTRIES.fullmatch(line):
            self._declared = (self._declared or 0) + int(match.group(1))
            self._end()
        elif _RESPONSES.fullmatch(line) and read == (self._declared or 0):  # it found nobody, and counts no entries
            self._end()
        else:
            self._page(line)

    def outcome(self, line: bytes) -> None:
        """A line of the paragraph that tells a search's result (`search: 2`), which -L and the like leave out."""
        if match := _RESULT.fullmatch(line):
            self._told = True
            if code := int(match.group(1)):
                self.failed = f"{code} {quoted(match.group(2).decode('ascii', 'replace'))}".strip()  # D-4
        else:
            self._page(line)

    @property
    def proven(self) -> bool:
        """Whether each search told its result and its counts."""
        return self._counted and self._all_told and not (self._told or self._torn or self._unended())

    def cut(self, read: int) -> str:
        """Why a search lacks its end, as a clause; empty when nothing speaks against it. `read`: entries in all."""
        if why := self._torn or self._unended():
            return why
        if self._declared is not None and self._declared != read:
            return f"its trailer counts {self._declared} entries and it holds {read}"
        return ""

    def _begin(self) -> None:
        """A head: of a search, or of its next page."""
        if not self._more or self._open:
            self._torn = self._torn or self._unended()
            self._told = False
        self._open = self._uncounted = True

    def _end(self) -> None:
        self._all_told = self._told and (self._all_told or not self._counted)
        self._counted, self._uncounted, self._told = True, False, False

    def _page(self, line: bytes) -> None:
        if match := _COOKIE.fullmatch(line):
            self._more = bool(match.group(1).strip())

    def _unended(self) -> str:
        if self._open:
            return "it begins as an export of ldapsearch and lacks the trailer of one"
        if self._more:
            return "its last page tells that more follow"
        return "it lacks the count of its entries with which ldapsearch ends" if self._uncounted else ""
