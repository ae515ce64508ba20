"""Bindings (our id ↔ a foreign id, learnt once) and claims (why we own a foreign object)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kypek_sync.ledger.persons import chunks
from kypek_sync.ledger.row_memory import Rows, grouped
from kypek_sync.ledger.tables import bindings, claims

_OBJECT = ("kypek", "system", "kind", "object", "login")
_CLAIM = (*_OBJECT, "claim")
# Written once: to build it anew for each of twenty thousand enrolments takes longer than to carry it out.
_CLAIMED = select(claims.c.at).where(*(claims.c[name] == bindparam(name) for name in _CLAIM))
_RELEASE = delete(claims).where(*(claims.c[name] == bindparam(f"this_{name}") for name in _OBJECT))
_DROP = _RELEASE.where(claims.c.claim == bindparam("this_claim"))
_DATE = (
    update(claims)
    .where(*(claims.c[name] == bindparam(f"this_{name}") for name in _OBJECT))
    .values(at=bindparam("anew"))
)


@dataclass(frozen=True, slots=True)
class Binding:
    """What our `ref` of a `kind` (`course`, `group`, `ticket`) is called over there."""

    system: str
    kind: str
    ref: str
    foreign_id: str
    address: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One reason why we own something: `kind` is `course`, `group`, `enrolment` or `membership`; `object` says of which
    course or group; `login` of whom; `claim` is the reason (`created`, `adopted`, `seat`, `staff`). The kind `left-out`
    owns nothing: it remembers an enrolment that we no longer make, because somebody ended it twice; nor does
    `suspended`, which remembers whom we shut out for a while."""

    system: str
    kind: str
    object: str
    login: str
    claim: str


def learn(connection: Connection, kypek: str, binding: Binding, now: datetime) -> None:
    """Remember a binding; a new foreign id for the same ref replaces the old one."""
    where = (
        (bindings.c.kypek == kypek)
        & (bindings.c.system == binding.system)
        & (bindings.c.kind == binding.kind)
        & (bindings.c.ref == binding.ref)
    )
    connection.execute(delete(bindings).where(where))
    connection.execute(
        insert(bindings).values(
            kypek=kypek,
            system=binding.system,
            kind=binding.kind,
            ref=binding.ref,
            foreign_id=binding.foreign_id,
            address=binding.address,
            learned=now,
        )
    )


def forget(connection: Connection, kypek: str, system: str, kind: str, ref: str) -> None:
    """What a binding led to is not there any more."""
    same = (bindings.c.kypek == kypek) & (bindings.c.system == system)
    connection.execute(delete(bindings).where(same & (bindings.c.kind == kind) & (bindings.c.ref == ref)))


def known(connection: Connection, kypek: str, kind: str) -> dict[tuple[str, str], Binding]:
    """All bindings of a kind, by (system, ref)."""
    names = ("kind", "system", "ref", "foreign_id", "address")
    query = select(*(bindings.c[name] for name in names)).where(bindings.c.kypek == kypek, bindings.c.kind == kind)
    found = grouped(connection, ("bindings", kypek, kind), query, _bindings, many=True)
    return dict(found.get(kind, {}))


def claim(connection: Connection, kypek: str, wanted: Iterable[Claim], now: datetime) -> None:
    """Add claims; one that is there already stays as it is."""
    those = dict.fromkeys(wanted)
    if len(those) > 1:
        for one in _there(connection, kypek, those):
            those.pop(one, None)
    rows = [
        dict(zip(_CLAIM, (kypek, one.system, one.kind, one.object, one.login, one.claim), strict=True)) for one in those
    ]
    if len(rows) == 1 and connection.execute(_CLAIMED, rows[0]).first() is not None:
        return
    if rows:
        connection.execute(insert(claims), [row | {"at": now} for row in rows])


def claim_anew(connection: Connection, kypek: str, wanted: Iterable[Claim], now: datetime) -> None:
    """Add claims on what was made now; one that is there already was on what had gone, and counts from now on."""
    those = tuple(dict.fromkeys(wanted))
    old = [one for one in _there(connection, kypek, those) if one in those] if those else []
    if old:
        connection.execute(_DATE, [{**_place(kypek, one), "anew": now} for one in old])
    claim(connection, kypek, [one for one in those if one not in old], now)


def _there(connection: Connection, kypek: str, wanted: Collection[Claim]) -> Iterator[Claim]:
    """Those of many claims that are there already, and others like them."""
    names = [claims.c[name] for name in _CLAIM[1:]]
    for logins in chunks(one.login for one in wanted):
        query = select(*names).where(
            claims.c.kypek == kypek,
            claims.c.kind.in_(sorted({one.kind for one in wanted})),
            claims.c.login.in_(logins),
        )
        for row in connection.execute(query):
            yield Claim(*row)


def release(connection: Connection, kypek: str, gone: Claim) -> None:
    """Give up every claim on one object."""
    connection.execute(_RELEASE, _place(kypek, gone))


def drop(connection: Connection, kypek: str, one: Claim) -> None:
    """Give up one claim on an object; others on it stand."""
    connection.execute(_DROP, {**_place(kypek, one), "this_claim": one.claim})


def date(
    connection: Connection, kypek: str, kind: str, key: tuple[str, str], logins: Iterable[str], at: datetime
) -> None:
    """From now on the claims of a kind on these logins' places in (system, object) count as made at this moment."""
    rows = [{**_place(kypek, Claim(key[0], kind, key[1], one, "")), "anew": at} for one in sorted(logins)]
    if rows:
        connection.execute(_DATE, rows)


def reasons(connection: Connection, kypek: str, kind: str) -> dict[tuple[str, str], Mapping[str, frozenset[str]]]:
    """Why we own what we own: every claim of a kind, by (system, object) and login."""
    query = select(claims.c.system, claims.c.object, claims.c.login, claims.c.claim).where(
        claims.c.kypek == kypek, claims.c.kind == kind
    )
    return grouped(connection, ("reasons", kypek, kind), query, _reasons, width=2, many=True)


def claimed(connection: Connection, kypek: str, kind: str) -> dict[tuple[str, str], frozenset[str]]:
    """The logins we put somewhere, by (system, object): `enrolment` by seminar code, `membership` by code/group."""
    query = select(claims.c.system, claims.c.object, claims.c.login).where(
        claims.c.kypek == kypek, claims.c.kind == kind
    )
    return grouped(connection, ("claimed", kypek, kind), query, _logins, width=2, many=True)


def since(connection: Connection, kypek: str, kind: str) -> dict[tuple[str, str], dict[str, datetime]]:
    """When each claim of a kind was made, by (system, object) and login; of several the first."""
    query = select(claims).where(claims.c.kypek == kypek, claims.c.kind == kind).order_by(claims.c.at.desc())
    found: dict[tuple[str, str], dict[str, datetime]] = {}
    for row in connection.execute(query):
        found.setdefault((row.system, row.object), {})[row.login] = row.at
    return found


def _bindings(rows: Rows) -> Mapping[tuple[str, str], Binding]:
    return {(system, ref): Binding(system, kind, ref, *rest) for kind, system, ref, *rest in rows}


def _logins(rows: Rows) -> frozenset[str]:
    return frozenset(row[2] for row in rows)


def _reasons(rows: Rows) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for _, _, login, reason in rows:
        found[login] = found.get(login, frozenset()) | {reason}
    return found


def _place(kypek: str, one: Claim) -> dict[str, str]:
    """What a claim is about, as `_ABOUT` wants it."""
    those = kypek, one.system, one.kind, one.object, one.login
    return dict(zip((f"this_{name}" for name in _OBJECT), those, strict=True))
