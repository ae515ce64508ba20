"""The cell that says where a seminar is taught besides: platforms by name, or existing courses by address.

«moodle» makes a course there; `https://moodle…/course/view.php?id=12`, or `moodle: https://…`, takes one that exists,
perhaps together with other seminars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kypek_sync.programme.addresses import beneath, is_course_address, platform_of, same_server
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import nearest, squeeze
from kypek_sync.programme.rows import RowReader

_NAMED = re.compile(r"(?P<name>[^:=]*?)\s*[:=]\s*(?P<address>https?://.*)\Z", re.IGNORECASE | re.DOTALL)
_BREAKS = re.compile(r"[,;\n]\s*|\s+(?=https?://)", re.IGNORECASE)
_AFTER_NAME = re.compile(r"([:=])\s+(?=https?://)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mirrors:
    """The platforms of a cell, in its order, and the addresses of those whose course exists, as (platform, address)."""

    platforms: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()


def read_mirrors(reader: RowReader, platform: str) -> Mirrors:
    """What the cell says. `platform` is where the seminar's people apply: no second course of it can be there."""
    found: dict[str, str] = {}
    registration = platform or reader.ground.platform
    for piece in _pieces(reader.text(Field.MIRRORS)):
        read = _read(reader, piece)
        if read is None:
            continue
        name, address = read
        if twice := [those for those in same_server(reader.ground.addresses) if name in those and address]:
            reader.note("mirror-server-twice", Field.MIRRORS, value=address, known=", ".join(twice[0]))
            continue
        if address and name == registration:
            reader.note("mirror-registration", Field.MIRRORS, value=address, platform=name)
        elif found.get(name) and address and found[name] != address:
            reader.note("mirror-twice", Field.MIRRORS, value=address, platform=name)
        else:
            found[name] = address or found.get(name, "")
    return Mirrors(tuple(found), tuple((name, address) for name, address in found.items() if address))


def _pieces(text: str) -> Iterator[str]:
    joined = _AFTER_NAME.sub(r"\1", text)
    return filter(None, (piece.strip() for piece in _BREAKS.split(joined)))


def _read(reader: RowReader, piece: str) -> tuple[str, str] | None:
    """Platform and address (empty: a course of our own) of one piece; None for one that was noted."""
    ground, named = reader.ground, _NAMED.match(piece)
    name, address = (named["name"].strip(), named["address"].strip()) if named else (piece, "")
    if is_course_address(piece) or piece.casefold().startswith(("http://", "https://")):
        name, address = "", piece
    if address and not is_course_address(address):
        reader.note("course-address", Field.MIRRORS, value=address)
        return None
    if not name:
        found = platform_of(address, ground.addresses)
        if not found:
            homes = "; ".join(f"{n} {home}" for n, home in sorted(ground.addresses.items())) or "–"
            reader.note("mirror-nowhere", Field.MIRRORS, value=address, known=homes)
        return (found, address) if found else None
    forms = {squeeze(word): word for word in ground.platforms}
    known = forms.get(squeeze(name))
    if known is None:
        listed = ", ".join(sorted(forms.values())) or "–"
        suggestion = nearest(name, forms)
        reader.note("platform-unknown", Field.MIRRORS, value=name[:60], known=listed, suggestion=suggestion)
        return None
    home = ground.addresses.get(known, "")
    if address and home and not beneath(address, home):
        reader.note("mirror-elsewhere", Field.MIRRORS, value=address, platform=known, home=home)
        return None
    return known, address
