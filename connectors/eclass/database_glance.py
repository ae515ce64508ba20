"""A light look at many courses in eClass's database: one row for each, for passes between two full reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import xor
from zlib import crc32

import connectors.eclass.mapping as mapping
from connectors.eclass.database import Reading
from connectors.eclass.database_question import Part, Row
from connectors.eclass.mapping import LTI_PREFIX

_NO_LTI = f"LEFT(u.username, {len(LTI_PREFIX)}) <> '{LTI_PREFIX}'"
PARTS = (
    Part(
        "glance",
        (("members", "COUNT(u.id)"), ("digest", "BIT_XOR(CRC32(LOWER(u.username)))")),
        (("code", "c.code"),),
        "FROM course c LEFT JOIN course_user cu ON cu.course_id = c.id"
        f" LEFT JOIN user u ON u.id = cu.user_id AND {_NO_LTI} WHERE c.code IN :codes GROUP BY c.id, c.code",
    ),
    Part(
        "asking",
        (),
        (("code", "c.code"), ("username", "u.username"), ("since", "r.ts")),
        "FROM course c JOIN course_user_request r ON r.course_id = c.id AND r.status = 1 JOIN user u ON u.id = r.uid"
        " LEFT JOIN course_user cu ON cu.course_id = c.id AND cu.user_id = u.id"
        f" WHERE c.code IN :codes AND cu.user_id IS NULL AND {_NO_LTI}",
    ),
)
"""What is asked of the courses with `codes`."""
Asked = frozenset[tuple[str, datetime | None]]
"""Requests: login and moment."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A course at a glance: how many members it has, a digest of who they are, and who asks to be let in."""

    members: int
    digest: int
    asking: Asked = frozenset()


def glances(reading: Reading, rows: Mapping[str, list[Row]]) -> dict[str, Glance]:
    """These courses by code, from the answers to `PARTS`; those that are not there are left out."""
    when = reading.moment("course_user_request", "ts")
    asking: dict[str, set[tuple[str, datetime | None]]] = {}
    for row in rows["asking"]:
        asking.setdefault(str(row["code"]), set()).add((str(row["username"]).lower(), when(row["since"])))
    return {
        str(row["code"]): Glance(
            mapping.whole(row["members"]), mapping.whole(row["digest"]), frozenset(asking.get(str(row["code"]), ()))
        )
        for row in rows["glance"]
    }


def glance(logins: Iterable[str], asking: Asked) -> Glance:
    """What the glance of a course with these members is."""
    known = list(logins)
    return Glance(len(known), reduce(xor, (crc32(login.encode()) for login in known), 0), asking)
