"""What connectors and directories say, in the language of whoever reads it.

A connector speaks English and imports no catalogue, and a pass quotes it. Here, at the edge, its sentence is recognised
among those of `locale/el/connectors*.po`, and said again with its own facts. What nobody knows (a foreign server's own
words) stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from kypek_sync.language import Text, clause, messages
from kypek_sync.model import local

CATALOGUE = "connectors"
SEMICOLON = ";"
"""Stands between reasons; in Greek it would ask a question."""

FINDINGS = {
    "unit-dangling": "unit that does not exist",
    "unit-name-unknown": "unit that is only a name",
    "registry-duplicate": "registry number held twice",
    "entry-uuid-duplicate": "entryUUID held twice",
    "login-duplicate": "login held twice",
    "uid-duplicate": "login held twice",
    "unit-code-shared": "code of several units",
    "unit-unreadable": "unit that cannot be read",
    "value-undecodable": "value that is no UTF-8",
    "unit-code-missing": "unit without a code",
    "login-missing": "entry without a login",
    "kind-missing": "kind of account missing",
    "kind-contradictory": "kind of account contradictory",
    "kind-unknown": "kind of account unknown",
    "kind-unmarked": "school account without its mark",
    "unit-several": "primary unit unclear",
    "unit-missing": "person without a unit",
    "status-missing": "account status missing",
    "status-unknown": "account status unknown",
    "specialty-unknown": "specialty unknown",
    "specialty-stale": "specialty that no longer exists",
    "status-contradictory": "account status contradictory",
    "login-odd": "login that no platform has",
    "login-number": "login that is a tax or registry number",
    "name-several": "several names",
    "name-long": "name too long",
    "name-number": "number in a name",
    "entry-number": "number in an entry's identifier",
    "unit-name-number": "number in the name of a unit",
    "unit-name-several": "unit with several names",
    "mail-unreadable": "mail that is no address",
    "unit-code-unreadable": "unit code that cannot be read",
    "unit-code-several": "unit with several codes",
    "role-unnamed": "role without a name",
    "registry-unreadable": "registry number unreadable",
    "registry-missing": "teacher without a registry number",
    "registry-shared": "registry number of several entries",
    "entry-uuid-shared": "entryUUID of several entries",
    "login-shared": "login of several entries",
    "login-reused": "login that had another owner",
    "keys-disagree": "keys of two people",
    "people-not-recognised": "people of another directory not recognised",
    "numbers-not-shown": "directory without registry numbers",
    "group-roles-not-shown": "directory without roles by groups",
    "unit-directorate-unknown": "directorate of a unit unknown",
    "export-old": "export too old",
    "entry-unreadable": "entry that cannot be read",
    "unit-without-kypek": "unit of no KYPEK",
    "unit-level-unknown": "unit of an unknown level of education",
    "unit-not-in-register": "unit that the register does not have",
    "unit-directorate-differs": "unit placed elsewhere by the register",
    "register-directorate-unknown": "directorate of the register unknown",
    "register-row-unreadable": "row of the register that cannot be read",
    "directorates-without-kypek": "directorates of no KYPEK here",
}
"""The findings of a directory by their stable word."""

_ENCLOSED = re.compile(r"\\\(%\\\((\w+)\\\)s\\\)")
_PLACE = re.compile(r"%\\\((\w+)\\\)s")
_ANY_PLACE = re.compile(r"%\(\w+\)s")
_DAY = "%(year)s-%(month)s-%(day)s"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d( \d\d:\d\d(?::\d\d)?)?)( UTC)?")
_BETWEEN = re.compile(r"(?<=[.;:])\s+(?=[A-Za-z0-9`])")


def worded(sentence: str, text: Text) -> str:
    """A connector's own text, each sentence of it that is known in the language of `text`. The longest known part
    counts: a sentence may hold a semicolon or a colon itself."""
    parts, said = _BETWEEN.split(sentence), []
    while parts:
        end, words = _known(parts, text) or (1, _day(parts[0], text))
        said.append(words)
        parts = parts[end:]
    return " ".join(said)


def reason_worded(reason: str, text: Text) -> str:
    """A reason of a change, which is in the language of `text` but for what a connector said of a read: that stands in
    brackets."""
    before, bracket, rest = reason.partition("(")
    said, end, after = rest.rpartition(")")
    return f"{before}({worded(said, text)}){after}" if bracket and end else reason


def _day(fact: str, text: Text) -> str:
    """A fact that is a day or a moment, as people write it; in UTC, as connectors do for other machines, as our clocks
    show it. Whatever else it is stays as it is."""
    found = _MOMENT.fullmatch(fact)
    if found is None:
        return fact
    try:
        moment = datetime.fromisoformat(found[1])
    except ValueError:
        return fact
    if found[3]:
        moment = local(moment.replace(tzinfo=UTC))
    day = text(_DAY, year=f"{moment:%Y}", month=f"{moment:%m}", day=f"{moment:%d}")
    same = day == f"{moment:%Y-%m-%d}"  # in English it stays as the connector wrote it
    time = f" {moment:%H:%M:%S}" if found[2] and found[2].count(":") == 2 else f" {moment:%H:%M}" if found[2] else ""
    return fact if same else day + time


def _known(parts: Sequence[str], text: Text) -> tuple[int, str] | None:
    """How many of the parts are one known sentence, and how it is said. A fact with a semicolon in it is believed only
    where nothing else fits: one reason may follow another behind it."""
    for loose in (False, True):
        for end in range(len(parts), 0, -1):
            if (said := _ended(" ".join(parts[:end]), text, loose=loose)) is not None:
                return end, said
    return None


def finding_word(code: str, text: Text) -> str:
    """A finding's stable word as people say it."""
    return text(FINDINGS[code]) if code in FINDINGS else code


def _ended(sentence: str, text: Text, *, loose: bool) -> str | None:
    """A known sentence, also as one of several reasons, which end with a semicolon or full stop that is not theirs, and
    as a part of another one, which has lost its own (`language.clause`)."""
    known = _said(sentence, text, loose=loose)
    if known is None and sentence[-1:] not in (";", ".") and ". " not in sentence:
        own = _said(f"{sentence}.", text, loose=loose)
        return None if own is None else clause(own)
    if known is None and sentence[-1:] in (";", ".") and (own := _said(sentence[:-1], text, loose=loose)) is not None:
        return clause(own) + (text(SEMICOLON) if sentence.endswith(SEMICOLON) else ".")
    return known


def _said(sentence: str, text: Text, *, loose: bool) -> str | None:
    for message, pattern in _patterns(loose):
        if match := pattern.fullmatch(sentence):
            return text(message, **{name: worded(fact, text) for name, fact in match.groupdict().items()})
    return None


@cache
def _patterns(loose: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The known sentences, those with the most words of their own first: the most exact one is taken. A fact reaches
    over no end of a sentence, unless it stands in brackets; over a semicolon only if `loose`."""
    fact = r"(?P<{}>(?:(?!\. [A-Z0-9]).)+?)" if loose else r"(?P<{}>(?:(?!\. [A-Z0-9]|;(?: |$)).)+?)"
    found = sorted(messages(CATALOGUE), key=lambda message: -len(_ANY_PLACE.sub("", message)))
    return tuple((message, _pattern(message, fact)) for message in found)


def _pattern(message: str, fact: str) -> re.Pattern[str]:
    free = _ENCLOSED.sub(r"\\((?P<\1>.+)\\)", re.escape(message))
    return re.compile(_PLACE.sub(lambda place: fact.format(place[1]), free))
