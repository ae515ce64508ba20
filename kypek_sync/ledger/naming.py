"""Finds a person in any text of the ledger: by login, by e-mail address, by full name in whatever case or accents.

A surname alone is no person: others bear it too. A login inside a longer login is somebody else.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from kypek_sync.ledger.codec import load
from kypek_sync.ledger.tables import applications, memberships, people, person_changes, person_keys
from kypek_sync.model import Person

FORGOTTEN = "forgotten-"
"""How the words begin that stand for people who were forgotten."""


@dataclass(frozen=True)
class Subject:
    """One person in all that names them. `ids` are ours; `standing` says that a directory still shows them (or did so
    until lately: who is leaving may come back)."""

    login: str
    logins: frozenset[str]
    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    standing: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    """What stands for each login and id after forgetting; for names and addresses it is the word of `login`."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds them in a folded text (`fold`)."""
        texts = sorted((re.escape(fold(word)) for word in {*self.addresses, *self.names}), key=len, reverse=True)
        logins = sorted((re.escape(fold(word)) for word in {*self.logins, *self.ids}), key=len, reverse=True)
        parts = [rf"(?<!\w)(?:{'|'.join(texts)})(?!\w)"] if texts else []
        parts.append(rf"(?<![\w-])(?<!\w\.)(?:{'|'.join(logins)})(?![\w-])(?!\.\w)")
        return re.compile("|".join(parts))

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """What a database can look for to find rows that may name them; a few too many do no harm."""
        found = {spelling for name in self.names for spelling in _spellings(name)}
        found |= {spelling for word in {*self.logins, *self.ids, *self.addresses} for spelling in _spellings(word)}
        escaped = {json.dumps(spelling)[1:-1] for spelling in found}
        return tuple(sorted(found | escaped))

    def named_in(self, value: Any) -> bool:
        """Whether a text, or any text within a JSON value, names them."""
        if isinstance(value, str):
            return self.pattern.search(fold(value)) is not None
        if isinstance(value, Mapping):
            return any(self.named_in(part) for pair in value.items() for part in pair)
        if isinstance(value, list | tuple):
            return any(self.named_in(part) for part in value)
        return False

    def replaced(self, value: Any) -> Any:
        """The same text or JSON value with opaque words in their place."""
        if isinstance(value, str):
            return self._replaced(value)
        if isinstance(value, Mapping):
            return {self.replaced(key): self.replaced(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.replaced(part) for part in value]
        return value

    def word(self, name: str) -> str:
        """The opaque word for a login, id, name or address of theirs."""
        return self.words.get(name, self.words[self.login])

    def _replaced(self, text: str) -> str:
        done, at = [], 0
        for match in self.pattern.finditer(fold(text)):
            done += [text[at : match.start()], self.word(match.group())]
            at = match.end()
        return "".join([*done, text[at:]])


def is_forgotten(login: str) -> bool:
    """Whether a login in the ledger is the opaque word of somebody who was forgotten."""
    return login.startswith(FORGOTTEN)


def fold(text: str) -> str:
    """The text in lower case without accents, letter for letter, so that places in it stay the same."""
    return "".join(map(_plain, text))


def subject(connection: Connection, login: str, words: Mapping[str, str] | None = None) -> Subject:
    """All that is known to name the person who has or had a login. A login of theirs that is somebody else's by now is
    left out."""
    keys = select(person_keys.c.person).where(person_keys.c.kind == "login", person_keys.c.value == login)
    rows = connection.execute(select(people).where(people.c.id.in_(keys) | (people.c.login == login))).all()
    ids = {row.id for row in rows}
    logins = {login, *(row.login for row in rows)}
    those = select(person_keys.c.value).where(person_keys.c.person.in_(ids), person_keys.c.kind == "login")
    logins |= {row.value for row in connection.execute(those)}
    others = select(people.c.login).where(
        people.c.login.in_(logins), people.c.id.not_in(ids), people.c.gone_at.is_(None)
    )
    logins -= {row.login for row in connection.execute(others)} - {login}
    bodies = [load(Person, row.body) for row in rows]
    surnames = {body.surname for body in bodies} | _former(connection, ids, "surname")
    given = {body.given_name for body in bodies} | _former(connection, ids, "given_name")
    names = {name for one in given for surname in surnames for name in _orders(one, surname)}
    addresses = {body.mail for body in bodies}
    shown = select(applications.c.name).where(applications.c.login.in_(logins)).distinct()
    names |= {row.name for row in connection.execute(shown)}
    for row in connection.execute(select(memberships.c.body).where(memberships.c.login.in_(logins))):
        names.add(row.body.get("name", ""))
        addresses.add(row.body.get("mail", ""))
    return Subject(
        login=login,
        logins=frozenset(logins),
        ids=frozenset(ids),
        names=frozenset(name.strip() for name in names if len(name.split()) > 1),
        addresses=frozenset(address for address in addresses if "@" in address),
        standing=any(row.gone_at is None for row in rows),
        words=words or {},
    )


def _former(connection: Connection, ids: Iterable[str], field: str) -> set[str]:
    """What a name of theirs was before it changed: older texts name them by it."""
    query = select(person_changes.c.before).where(person_changes.c.person.in_(ids), person_changes.c.field == field)
    return {str(before) for before in connection.execute(query).scalars()}


def _orders(given: str, surname: str) -> Iterable[str]:
    return (f"{given} {surname}", f"{surname} {given}") if given and surname else ()


def _spellings(word: str) -> set[str]:
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return {form for one in (word, bare) for form in (one, one.upper(), one.lower())}


def _plain(letter: str) -> str:
    bare = unicodedata.normalize("NFD", letter)[0].lower()
    return "σ" if bare == "ς" else bare if len(bare) == 1 else letter
