"""A light look at many courses in eClass's database: one row for each, for passes between two full reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import xor
from zlib import crc32

import connectors.eclass.mapping as mapping
from connectors.eclass.database import Reading
from connectors.eclass.mapping import LTI_PREFIX

_MEMBERS = (
    "SELECT c.code, COUNT(u.id) AS members, BIT_XOR(CRC32(LOWER(u.username))) AS digest"
    " FROM course c LEFT JOIN course_user cu ON cu.course_id = c.id"
    " LEFT JOIN user u ON u.id = cu.user_id AND LEFT(u.username, :length) <> :lti"
    " WHERE c.code IN :codes GROUP BY c.id, c.code"
)
_ASKING = (
    "SELECT c.code, u.username, CAST(r.ts AS CHAR) AS since FROM course c"
    " JOIN course_user_request r ON r.course_id = c.id AND r.status = 1 JOIN user u ON u.id = r.uid"
    " LEFT JOIN course_user cu ON cu.course_id = c.id AND cu.user_id = u.id"
    " WHERE c.code IN :codes AND cu.user_id IS NULL AND LEFT(u.username, :length) <> :lti"
)
Asked = frozenset[tuple[str, datetime | None]]
"""Requests: login and moment."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A course at a glance: how many members it has, a digest of who they are, and who asks to be let in."""

    members: int
    digest: int
    asking: Asked = frozenset()


def glances(reading: Reading, codes: Collection[str]) -> dict[str, Glance]:
    """These courses by code; those that are not there are left out."""
    if not codes:
        return {}
    lti = {"codes": sorted(codes), "length": len(LTI_PREFIX), "lti": LTI_PREFIX}
    when = reading.moment("course_user_request", "ts")
    asking: dict[str, set[tuple[str, datetime | None]]] = {}
    for row in reading.rows(_ASKING, **lti):
        asking.setdefault(str(row.code), set()).add((str(row.username).lower(), when(row.since)))
    return {
        str(row.code): Glance(
            mapping.whole(row.members), mapping.whole(row.digest), frozenset(asking.get(str(row.code), ()))
        )
        for row in reading.rows(_MEMBERS, **lti)
    }


def glance(logins: Iterable[str], asking: Asked) -> Glance:
    """What the glance of a course with these members is."""
    known = list(logins)
    return Glance(len(known), reduce(xor, (crc32(login.encode()) for login in known), 0), asking)
