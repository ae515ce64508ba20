"""From an entry of the school network's directory to a `Person`. Pure, without I/O.

Source: fact sheet directory, section 3.1 and traps D-1 to D-12, D-16. The mapping of one entry depends on that entry
alone: a person looked up is the same as the person read with everybody else. What cannot be understood becomes a
`Finding`, never a guess. A registry or tax number is hashed on the way and never kept (D-4).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kypek_sync.contract.directory_entries import ACTIVE, Entry, Oddities
from kypek_sync.contract.directory_words import (
    STALE_SPECIALTIES,
    below,
    capitals,
    directorate,
    leaf,
    specialty,
    unit_id,
)
from kypek_sync.model import Finding, FindingLevel, Person, PersonKey, PersonKind, UnitRole

KNOWN_ROLES = ("school-principal", "itlab-responsible", "itsector-responsible", "ypepth-personnel")
ROLE_ATTRIBUTE = "gsnUserRoleOn"

PERSON_ATTRIBUTES = (
    *("objectClass", "uid", "cn", "sn", "givenName", "mail", "l", "eduPersonOrgUnitDN", "umdObject", "accountStatus"),
    *("gsnBranch", "employeeNumber", "physicalDeliveryOfficeName", "entryUUID", "memberOf", ROLE_ATTRIBUTE),
    *(f"{ROLE_ATTRIBUTE};{role}" for role in KNOWN_ROLES),
)
"""What to ask for people, the operational ones (D-12) and each option form (D-3, D-41) by name."""

_KINDS = {
    **dict.fromkeys(("teacher", "iteacher", "ateacher", "pteacher"), PersonKind.TEACHER),
    **dict.fromkeys(("personel", "personnel"), PersonKind.STAFF),
    **dict.fromkeys(("router", "adslaccount"), PersonKind.SERVICE_ACCOUNT),
    "student": PersonKind.PUPIL,
    "isaccount": PersonKind.SCHOOL_ACCOUNT,
    "account": PersonKind.SCHOOL_ACCOUNT,  # only with the marker
}
_SCHOOL_MARKERS = frozenset({"ΕΠΙΣΗΜΟΣ ΛΟΓΑΡΙΑΣΜΟΣ", "EPISIMOS LOGARIASMOS"})
_INACTIVE = frozenset({"DISABLED", "INACTIVE", "NOACCESS", "DELETED", "ΑΝΕΝΕΡΓΗ", "ΣΕ ΑΝΑΣΤΟΛΗ", "ΚΑΤΑΡΓΗΜΕΝΗ"})
_WORKING = frozenset({PersonKind.TEACHER, PersonKind.STAFF})


def person_of(entry: Entry, registry_hash: Callable[[str], str]) -> tuple[Person | None, tuple[Finding, ...]]:
    """The person that an entry stands for, and what is odd about it. None when the entry has no login."""
    login = _login(entry)
    odd = Oddities(login or entry.dn)
    if not login:
        odd.add("login-missing", "The entry has no uid; ask the directory to mend it.", FindingLevel.ERROR)
        return None, tuple(odd.found)
    for name in entry.undecodable:
        odd.add("value-undecodable", f"A value of {name} is no UTF-8 and was left out; ask the directory to mend it.")
    kind = _kind(entry, odd)
    units = _units(entry, kind, odd)
    person = Person(
        login=login,
        surname=entry.first("sn", "sn;lang-en", "cn", "cn;lang-en"),
        given_name=entry.first("givenName", "givenName;lang-en"),
        mail=entry.first("mail").lower(),
        kind=kind,
        active=_active(entry, odd),
        specialties=_specialties(entry, odd),
        units=units,
        directorates=tuple(dict.fromkeys(label for unit in units if (label := directorate(unit)))),
        roles=_roles(entry, odd),
        keys=_keys(entry, login, kind, registry_hash, odd),
    )
    return person, tuple(sorted(odd.found))


def _login(entry: Entry) -> str:
    """The uid of the RDN: an old name kept as a second value is not the login."""
    try:
        name, value = leaf(entry.dn)
    except ValueError:
        name, value = "", ""
    return value if name == "uid" else entry.first("uid").lower()


def _kind(entry: Entry, odd: Oddities) -> PersonKind:
    """The rules of section 3.1: umdObject whatever its case (D-5); `Account` only with the marker (D-6)."""
    words = {word.casefold() for word in entry.all("umdObject")}
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    offices = (*entry.all("physicalDeliveryOfficeName"), *entry.all("physicalDeliveryOfficeName;lang-en"))
    marked = any(capitals(office) in _SCHOOL_MARKERS for office in offices)
    if not words:
        odd.add("kind-missing", "The entry has no umdObject, so it is not known what it stands for.")
    elif len(kinds) > 1:
        odd.add("kind-contradictory", "The values of umdObject contradict each other.")
    elif not kinds:
        odd.add("kind-unknown", f"The umdObject {', '.join(sorted(words))} is not known.")
    elif "account" in words and not marked:
        odd.add("kind-unmarked", "The entry is an Account without the mark of a school's official account.")
    else:
        kind = kinds.pop()
        if marked and kind is not PersonKind.SCHOOL_ACCOUNT:
            odd.add("kind-contradictory", "The entry bears a school account's mark, but its umdObject says otherwise.")
        return kind
    return PersonKind.UNKNOWN


def _units(entry: Entry, kind: PersonKind, odd: Oddities) -> tuple[str, ...]:
    """Unit ids, `l` first (D-2), the others sorted, since the directory lists them in no order that means anything. A
    unit that contains another one of them is its parent and no place of service."""
    primary = _ids(entry.all("l"), "l", odd)
    others = _ids(entry.all("eduPersonOrgUnitDN"), "eduPersonOrgUnitDN", odd)
    if kind in _WORKING:
        if len(primary) > 1:
            odd.add("unit-several", "The entry names several units in l, so its primary one is not known.")
        elif not entry.all("l"):
            odd.add("unit-missing", "The entry names no unit in l, so its primary unit is not known.")
    every = {*primary, *others}
    places = {unit for unit in others if not any(below(other, unit) for other in every)}
    return (*primary, *sorted(places - set(primary)))


def _ids(values: tuple[str, ...], name: str, odd: Oddities) -> list[str]:
    ids = set()
    for value in values:
        try:
            ids.add(unit_id(value))
        except ValueError:
            odd.add("unit-unreadable", f"A value of {name} is no DN of a unit.")
    return sorted(ids)


def _active(entry: Entry, odd: Oddities) -> bool:
    """`active`, else refused. An attribute that does not show proves nothing: the person counts as active."""
    status = capitals(entry.first("accountStatus"))
    if not status:
        odd.add("status-missing", "The entry shows no accountStatus; it is taken for active.")
        return True
    if status not in ACTIVE and status not in _INACTIVE:
        odd.add("status-unknown", f"The accountStatus {status.lower()} is not known; it is taken for inactive.")
    return status in ACTIVE


def _specialties(entry: Entry, odd: Oddities) -> tuple[str, ...]:
    codes: list[str] = []
    for value in entry.all("gsnBranch"):
        code = specialty(value)
        if not code:
            odd.add("specialty-unknown", f"The gsnBranch {value} is no specialty code; it was left out.")
            continue
        if code in STALE_SPECIALTIES:
            odd.add("specialty-stale", f"The specialty {code} no longer exists (law 4521/2018).")
        codes.append(code)
    return tuple(sorted(set(codes)))


def _roles(entry: Entry, odd: Oddities) -> tuple[UnitRole, ...]:
    """Roles of gsnUserRoleOn's options (D-3) and, from memberOf, the groups of a directorate (`plinet`, D-12)."""
    roles: set[UnitRole] = set()
    for options, values in entry.options(ROLE_ATTRIBUTE):
        if not options:
            odd.add("role-unnamed", f"A value of {ROLE_ATTRIBUTE} does not say which role it is.")
        roles |= {UnitRole(option, unit) for unit in _ids(values, ROLE_ATTRIBUTE, odd) for option in options}
    for group in _ids(entry.all("memberOf"), "memberOf", odd):
        name, _, unit = group.partition(",ou=groups,")
        if unit and name.startswith("cn="):
            roles.add(UnitRole(name.removeprefix("cn="), unit))
    return tuple(sorted(roles))


def _keys(
    entry: Entry, login: str, kind: PersonKind, registry_hash: Callable[[str], str], odd: Oddities
) -> tuple[PersonKey, ...]:
    """The person's keys, strongest first. 6 digits are an ΑΜ and 9 an ΑΦΜ; anything else is none of them (D-4)."""
    numbers = [re.sub(r"\s", "", value) for value in entry.all("employeeNumber")]
    good = {number for number in numbers if re.fullmatch(r"[0-9]{6}|[0-9]{9}", number)}
    if len(good) < len(set(numbers)):
        odd.add("registry-unreadable", "The employeeNumber is neither a registry nor a tax number; it was left out.")
    if kind is PersonKind.TEACHER and not numbers:
        odd.add("registry-missing", "The teacher has no employeeNumber, so a new login could not be recognised by it.")
    uuids = sorted({value.lower() for value in entry.all("entryUUID")})
    return (
        *(PersonKey("entry-uuid", value) for value in uuids),
        *(PersonKey("registry", value) for value in sorted(registry_hash(number) for number in good)),
        PersonKey("login", login),
    )
