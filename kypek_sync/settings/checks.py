"""What no single setting can know: names that must exist, claims that exclude each other, addresses that must be safe.

Checks look at the data as written, so that they speak even when other settings are wrong.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from kypek_sync.settings.centres import centre_problems
from kypek_sync.settings.document import Document, Keys
from kypek_sync.settings.ledger_address import LedgerAddressError, ledger_address
from kypek_sync.settings.problems import Problem

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""Ids become part of references in foreign systems (B-11), so they are short and plain."""

NO_ADDRESS = "must be an address, such as https://kypek.att-a.sch.gr"
NO_TLS = "must begin with https: people's names travel over it (http is for this computer alone)"

_SWITCH = TypeAdapter(bool)


def check(document: Document) -> Iterator[Problem]:
    """Every contradiction of the settings in `document`."""
    yield from _school_year(document)
    yield from _ledger(document)
    yield from _names(document)
    yield from _double_set_ups(document)
    yield from centre_problems(document)
    yield from _addresses(document)
    yield from _announced_periods(document)


def block(value: Any) -> Mapping[str, Any]:
    """The value if it is a block, else an empty one (its shape is told elsewhere)."""
    return value if isinstance(value, Mapping) else {}


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _school_year(document: Document) -> Iterator[Problem]:
    match = re.fullmatch(r"(\d{4})-(\d{4})", str(document.data.get("school_year")))
    if match and int(match[2]) != int(match[1]) + 1:
        yield document.problem(("school_year",), "a school year spans two years in a row, such as 2026-2027")


def _ledger(document: Document) -> Iterator[Problem]:
    written = document.data.get("ledger", "")
    if isinstance(written, str) and written:
        try:
            ledger_address(written, document.file.parent)
        except LedgerAddressError as error:
            yield document.problem(("ledger",), error.message)


def _names(document: Document) -> Iterator[Problem]:
    ways: list[Keys] = [("connectors", str(name)) for name in block(document.data.get("connectors"))]
    for kypek, entry in block(document.data.get("kypeks")).items():
        ways.append(("kypeks", str(kypek)))
        structures = block(block(entry).get("structures"))
        ways += [("kypeks", str(kypek), "structures", str(structure)) for structure in structures]
    for way in ways:
        if not NAME.fullmatch(str(way[-1])):
            yield document.problem(
                way, "a name here is made of small Latin letters, digits, - and _, 40 at most; Greek goes into `name:`"
            )
    kypeks = document.data.get("kypeks")
    if isinstance(kypeks, Mapping) and not kypeks:
        yield document.problem(("kypeks",), "names no centre; write at least one, such as `att-a:`")


def _double_set_ups(document: Document) -> Iterator[Problem]:
    """Two connectors of one type for one address would work against each other."""
    seen: dict[tuple[str, str], str] = {}
    for name, entry in block(document.data.get("connectors")).items():
        for key in ("address", "endpoint"):
            address = block(entry).get(key)
            if not isinstance(address, str):
                continue
            what = (str(block(entry).get("type")), _one_form(address))
            if what in seen:
                yield document.problem(
                    ("connectors", str(name), key),
                    "connector %(other)s has the same type and address; keep one, several centres may share it",
                    other=seen[what],
                )
            seen.setdefault(what, str(name))


def _one_form(address: str) -> str:
    """An address without what makes two ways of writing one server: scheme, its usual port, capitals, a last slash."""
    written = address.strip().rstrip("/").lower()
    try:
        parts = urlsplit(written)
        usual = parts.port == {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return written
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return written
    port = "" if usual or parts.port is None else f":{parts.port}"
    return f"{parts.hostname}{port}{parts.path}?{parts.query}"


def _addresses(document: Document) -> Iterator[Problem]:
    written = document.data.get("public_address", "http://127.0.0.1:8080")
    web = block(document.data.get("web"))
    host = web.get("host", "127.0.0.1")
    public_host = ""
    if isinstance(written, str):
        public_host, message = _public_host(written)
        if message:
            yield document.problem(("public_address",), message)
    if not _is_on(web.get("development_sign_in")):
        return
    if isinstance(host, str) and not is_loopback(host):
        message = "signs anybody in, so it needs host 127.0.0.1; switch it off, or set the host"
        yield document.problem(("web", "development_sign_in"), message)
    elif public_host and not is_loopback(public_host):
        message = "signs anybody in, so public_address must be this computer (http://127.0.0.1:…); switch it off"
        yield document.problem(("web", "development_sign_in"), message)


def _is_on(written: Any) -> bool:
    """Whether pydantic will read a switch as on: `true`, but also `yes` or `1`."""
    try:
        return _SWITCH.validate_python(written)
    except ValidationError:
        return False


def _public_host(address: str) -> tuple[str, str]:
    """The host of the pages' address, and what is wrong with the address (empty: nothing)."""
    try:
        parts = urlsplit(address.strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "", NO_ADDRESS
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or "@" in parts.netloc:
        return host, NO_ADDRESS
    if parts.scheme == "http" and not is_loopback(host):
        return host, NO_TLS
    return host, ""


def _announced_periods(document: Document) -> Iterator[Problem]:
    periods = document.data.get("announced_periods")
    before: list[tuple[date, date, int]] = []
    for place, period in enumerate(periods if isinstance(periods, list) else ()):
        starts, ends = block(period).get("starts"), block(period).get("ends")
        if not isinstance(starts, date) or not isinstance(ends, date):
            continue
        if ends < starts:
            yield document.problem(("announced_periods", place, "ends"), "is before `starts`; the period is empty")
        for other_starts, other_ends, line in before:
            if starts <= other_ends and other_starts <= ends:
                message = "overlaps the period of line %(line)s; a day can have one set of limits"
                yield document.problem(("announced_periods", place, "starts"), message, line=line)
        before.append((starts, ends, document.line_of("announced_periods", place)))
