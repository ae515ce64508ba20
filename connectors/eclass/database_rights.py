"""Whether the account of the database may read what is needed and nothing worse (fact sheet eclass, E-49): pure.

Two things are looked at. `SHOW GRANTS` tells what was given, also to everybody and by roles; whatever is not understood
there counts as too much. `information_schema.COLUMNS` tells what comes of it, column by column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from connectors.eclass.database_columns import NEEDED, SECRET_TABLES, is_secret
from kypek_sync.contract import StopConnector

COLUMNS = (
    "SELECT TABLE_NAME AS its_table, COLUMN_NAME AS name, DATA_TYPE AS kind, PRIVILEGES AS rights"
    " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()"
)
_HARMLESS = frozenset({"USAGE", "SHOW VIEW"})
_SYSTEM = frozenset({"mysql", "sys", "performance_schema"})
_NAME = r"(?:`(?:[^`]|``)*`|[^`.\s]+)"
_GRANT = re.compile(rf"GRANT (?P<what>.+?) ON (?P<place>{_NAME}\.{_NAME}) TO (?P<whom>.+)", re.DOTALL)
_ON = re.compile(r"GRANT (?P<what>.+?) ON (?P<place>.+?) TO ", re.DOTALL)
_ROLE = re.compile(rf"GRANT (?P<role>{_NAME}(?:@{_NAME})?) TO ")
_NOTHING_GIVEN = ("SET DEFAULT ROLE ", "REVOKE ")
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ColumnRight:
    """A column that the account knows of: `kind` is its type (`datetime`, `timestamp`, …), `rights` what the account
    may do with it, by whatever way."""

    table: str
    column: str
    kind: str
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Given:
    """One right as it was given: `right` in capitals, `on` a table, a database (`name.*`) or everything (`*.*`);
    `columns` are empty where it is a right to the whole table; `everybody` says that it was given to PUBLIC."""

    right: str
    on: str
    columns: frozenset[str] = frozenset()
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an account is not used: a sentence, and which right has to go or to come."""

    text: str
    step: str


_PRINTED = "`kypek-sync connector eclass grants` prints the rights that it should have."


def columns(rows: Iterable[Row[Any]]) -> tuple[ColumnRight, ...]:
    """The rows of `COLUMNS`."""
    return tuple(
        ColumnRight(
            str(row.its_table),
            str(row.name),
            str(row.kind).lower(),
            frozenset(filter(None, str(row.rights).lower().split(","))),
        )
        for row in rows
    )


def given(lines: Iterable[str]) -> tuple[Given, ...]:
    """The lines of SHOW GRANTS. A role, the right to pass rights on, and what is not understood are rights too, under
    the names ROLE, GRANT OPTION and UNKNOWN. Nothing else of a line is kept: it holds a password's digest."""
    found: list[Given] = []
    for line in lines:
        if line.startswith(_NOTHING_GIVEN):
            continue
        match = _GRANT.match(line)
        if match is None:
            role, on = _ROLE.match(line), _ON.match(line)
            place = role["role"] if role else on["place"] if on else ""
            found.append(Given("ROLE" if role else "UNKNOWN", place.replace("`", "")))
            continue
        everybody = match["whom"].startswith("PUBLIC")
        on_what = match["place"].replace("`", "")
        found += [Given(right, on_what, names, everybody) for right, names in _rights(match["what"])]
        if "GRANT OPTION" in match["whom"]:  # MariaDB writes limits of the account behind it
            found.append(Given("GRANT OPTION", on_what, everybody=everybody))
    return tuple(found)


def objections(database: str, lines: Iterable[str], seen: Sequence[ColumnRight]) -> tuple[Objection, ...]:
    """All that speaks against an account, the worst first: that it may write, that it sees secrets, that it lacks a
    column."""
    rights = given(lines)
    return (*_writing(rights, seen), *_secrets(database, rights, seen), *_lacking(seen))


def superfluous(database: str, lines: Iterable[str], seen: Sequence[ColumnRight]) -> tuple[str, ...]:
    """What the account sees besides what is needed: tables of eClass, and other databases (`name.*`)."""
    tables = {one.table for one in seen if "select" in one.rights} - set(NEEDED)
    others = {
        right.on
        for right in given(lines)
        if right.right == "SELECT" and not _covers(right.on, database, "") and not _a_test(right)
    }
    return (*sorted(tables), *sorted(others))


def demand(system: str, place: str, database: str, lines: Iterable[str], seen: Sequence[ColumnRight]) -> None:
    """Raises `StopConnector` with the first objection."""
    for objection in objections(database, lines, seen):
        raise StopConnector(system, f"The database {place} is not read. {objection.text}", hint=objection.step)


def _writing(rights: Sequence[Given], seen: Sequence[ColumnRight]) -> tuple[Objection, ...]:
    found: list[Objection] = []
    roles = sorted({right.on for right in rights if right.right == "ROLE"})
    if roles:
        found.append(
            Objection(
                f"Its account has a role ({', '.join(roles)}), which may bring any right.",
                f"Take the role away and give the rights to the account itself. {_PRINTED}",
            )
        )
    worse = [
        right
        for right in rights
        if right.right not in _HARMLESS and right.right not in ("SELECT", "ROLE") and not _a_test(right)
    ]
    if worse:
        named = _some([f"{right.right} on {right.on}" for right in worse])
        found.append(
            Objection(
                f"Its account may do more than read: {named}.",
                f"Take that away: it may have SELECT and nothing else. {_PRINTED}",
            )
        )
    if not found:
        written = sorted({one.table for one in seen if one.rights & {"insert", "update"}})
        if written:
            found.append(Objection(f"Its account may write to {_some(written)}.", f"Take that away. {_PRINTED}"))
    return tuple(found)


def _secrets(database: str, rights: Sequence[Given], seen: Sequence[ColumnRight]) -> tuple[Objection, ...]:
    found: list[Objection] = []
    open_ones = [one for one in seen if "select" in one.rights and is_secret(one.table, one.column)]
    if open_ones:
        whole = {one.table for one in open_ones if one.table.lower() in SECRET_TABLES}
        single = {f"{one.table}.{one.column}" for one in open_ones if one.table not in whole}
        named = _some([*sorted(whole), *sorted(single)])
        sources = sorted(
            {
                f"SELECT on {right.on}"
                for right in rights
                for one in open_ones
                if right.right == "SELECT"
                and _covers(right.on, database, one.table)
                and (not right.columns or one.column.lower() in right.columns)
            }
        )
        found.append(
            Objection(
                f"Its account can read secrets: {named}.",
                f"Take this right away: {_some(sources or ['SELECT'])}; give SELECT on single columns instead."
                f" {_PRINTED}",
            )
        )
    system = sorted(
        {
            right.on
            for right in rights
            if right.right == "SELECT" and (right.on == "*.*" or right.on.split(".")[0].lower() in _SYSTEM)
        }
    )
    if system and not found:
        found.append(
            Objection(
                f"Its account can read the server's own tables, with the passwords of its accounts: {_some(system)}.",
                f"Take this right away: SELECT on {_some(system)}. {_PRINTED}",
            )
        )
    return tuple(found)


def _lacking(seen: Sequence[ColumnRight]) -> tuple[Objection, ...]:
    there = {(one.table.lower(), one.column.lower()) for one in seen if "select" in one.rights}
    lacking = [f"{table}.{name}" for table, names in NEEDED.items() for name in names if (table, name) not in there]
    if not lacking:
        return ()
    return (
        Objection(
            f"Its account does not see {_some(lacking)}: the right is missing, or this eClass has no such column.",
            _PRINTED,
        ),
    )


def _rights(words: str) -> list[tuple[str, frozenset[str]]]:
    """`SELECT (`a`, `b`), INSERT`: each right in capitals, with its columns in lower case."""
    found = []
    for match in re.finditer(r"\s*(?P<right>[^,(]+?)\s*(?:\((?P<columns>[^)]*)\))?\s*(?:,|$)", words):
        names = frozenset(name.strip().strip("`").lower() for name in (match["columns"] or "").split(",") if name)
        found.append((match["right"].upper(), names))
    return found


def _covers(on: str, database: str, table: str) -> bool:
    """Whether a right on `on` is one on this table of the database, or with an empty `table` on anything in it. In a
    database's name `_` and `%` stand for letters, as the server takes them."""
    schema, _, name = on.partition(".")
    pattern = "".join(
        piece[1:] if piece.startswith("\\") else "." if piece == "_" else ".*" if piece in "%*" else re.escape(piece)
        for piece in re.findall(r"\\.|.", schema)
    )
    return re.fullmatch(pattern, database, re.IGNORECASE) is not None and (
        not table or name == "*" or name.lower() == table.lower()
    )


def _a_test(right: Given) -> bool:
    """A fresh MariaDB lets everybody do anything in its databases for trying things out."""
    return right.everybody and right.on.split(".")[0] in ("test", r"test\_%")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} …"
