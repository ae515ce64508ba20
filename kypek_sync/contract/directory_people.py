"""From an entry of the school network's directory to a `Person`. Pure, without I/O.

Source: fact sheet directory, section 3.1 and traps D-1 to D-12, D-16. The mapping of one entry depends on that entry
alone: a person looked up is the same as the person read with everybody else. What cannot be understood becomes a
`Finding`, never a guess. A registry or tax number is hashed on the way and never kept (D-4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from kypek_sync.contract.directory_codes import STALE_SPECIALTIES, quoted, shape, specialty, without_numbers
from kypek_sync.contract.directory_entries import ACTIVE, Entry, Oddities, mail_of
from kypek_sync.contract.directory_words import below, directorate, leaf, unit_id
from kypek_sync.contract.personal_numbers import (
    holds_personal_number,
    is_personal_number,
    without_personal_numbers,
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

LONGEST_NAME = 100
"""Characters of a surname or given name that are kept."""

_KINDS = {
    shape(word): kind
    for kind, words in (
        (PersonKind.TEACHER, ("teacher", "iteacher", "ateacher", "pteacher")),
        (PersonKind.STAFF, ("personel", "personnel")),
        (PersonKind.SERVICE_ACCOUNT, ("router", "adslaccount")),
        (PersonKind.PUPIL, ("student",)),
        (PersonKind.SCHOOL_ACCOUNT, ("isaccount", "account")),  # the latter only with the marker
    )
    for word in words
}
_ACCOUNT = shape("account")
_SCHOOL_MARKERS = frozenset(map(shape, ("ΕΠΙΣΗΜΟΣ ΛΟΓΑΡΙΑΣΜΟΣ", "EPISIMOS LOGARIASMOS")))
_REFUSED = ("DISABLED", "INACTIVE", "NOACCESS", "DELETED", "ΑΝΕΝΕΡΓΗ", "ΑΝΕΝΕΡΓΟΣ", "ΣΕ ΑΝΑΣΤΟΛΗ", "ΚΑΤΑΡΓΗΜΕΝΗ")
_INACTIVE = frozenset(map(shape, _REFUSED))
_WORKING = frozenset({PersonKind.TEACHER, PersonKind.STAFF})
_MACHINES = frozenset({PersonKind.SERVICE_ACCOUNT, PersonKind.SCHOOL_ACCOUNT})
"""Accounts that may be called by the code of a school."""
_LOGIN = re.compile(r"[a-z0-9._@+-]{1,64}")
_REGISTRY_DIGITS = 6
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"(?!0+$)(?:[0-9]{6}|[0-9]{9})")


def person_of(entry: Entry, registry_hash: Callable[[str], str]) -> tuple[Person | None, tuple[Finding, ...]]:
    """The person that an entry stands for, and what is odd about it. None when the entry has no login."""
    login = _login(entry)
    odd = Oddities(login or without_personal_numbers(entry.dn))
    if not login:
        odd.add(
            "login-missing",
            f"The entry has no {entry.called('uid')}; ask the directory to mend it.",
            FindingLevel.ERROR,
        )
        return None, odd.told(entry)
    if not _LOGIN.fullmatch(login):
        text = f"The {entry.called('uid')} holds characters that no login has; no course platform will know it."
        odd.add("login-odd", text)
    if is_personal_number(login):
        text = f"The {entry.called('uid')} is a tax or registry number; ask the directory for another login (D-4)."
        odd.add("login-number", text, FindingLevel.ERROR)
    kind = _kind(entry, odd)
    units = _units(entry, kind, odd)
    surname = _name(entry, "sn", odd) or _cut(entry.first("cn", "cn;lang-en"), entry.called("cn"), odd)
    person = Person(
        login=login,
        surname=_numberless(surname, entry.called("sn"), kind, odd),
        given_name=_numberless(_name(entry, "givenName", odd), entry.called("givenName"), kind, odd),
        mail=mail_of(entry, odd),
        kind=kind,
        active=_active(entry, odd),
        specialties=_specialties(entry, odd),
        units=units,
        directorates=_labels(units),
        roles=_roles(entry, odd),
        keys=_keys(entry, login, kind, registry_hash, odd),
        number_kind=_number_kind(entry),
    )
    return person, odd.told(entry)


def _login(entry: Entry) -> str:
    """The uid of the RDN: an old name kept as a second value is not the login."""
    try:
        name, value = leaf(entry.dn)
    except ValueError:
        name, value = "", ""
    return value if name == "uid" else entry.first("uid").casefold()


def _name(entry: Entry, name: str, odd: Oddities) -> str:
    """A surname or given name. Of several values the one in `cn`, which is the name in use, else the one that sorts
    first."""
    lower = name.lower()
    values = entry.all(lower)
    if not values:
        return _cut(entry.first(f"{lower};lang-el", f"{lower};lang-en"), entry.called(name), odd)
    if len(values) == 1:
        return values[0] if len(values[0]) <= LONGEST_NAME else _cut(values[0], entry.called(name), odd)
    called, words = entry.called(name), set(entry.first("cn").split())
    text = f"The entry has several values of {called}; the first by letter counts."
    if words:
        text = f"The entry has several values of {called}; the one in cn counts, else the first by letter."
    odd.add("name-several", text)
    return _cut(min(values, key=lambda value: (not words.issuperset(value.split()), value)), called, odd)


def _cut(value: str, name: str, odd: Oddities) -> str:
    if len(value) <= LONGEST_NAME:
        return value
    odd.add("name-long", f"The value of {name} is longer than any name; it was cut.")
    return value[:LONGEST_NAME].rstrip()


def _numberless(value: str, name: str, kind: PersonKind, odd: Oddities) -> str:
    """Nobody is called by a number: where a broken line of an export brings one there, it is a registry or tax number,
    which is never kept (D-4)."""
    bare = value if kind in _MACHINES else without_numbers(value)
    if bare != value:
        odd.add("name-number", f"A number stood in {name} and was left out, since it may be somebody's (D-4).")
    return bare


def _labels(units: tuple[str, ...]) -> tuple[str, ...]:
    if len(units) == 1:
        label = directorate(units[0])
        return (label,) if label else ()
    return tuple(dict.fromkeys(label for unit in units if (label := directorate(unit))))


def _kind(entry: Entry, odd: Oddities) -> PersonKind:
    """The rules of section 3.1: umdObject whatever its case (D-5); `Account` only with the marker (D-6)."""
    values = entry.all("umdobject")
    words = {shape(word) for word in values}
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    name = entry.called("umdObject")
    offices = (*entry.all("physicaldeliveryofficename"), *entry.all("physicaldeliveryofficename;lang-en"))
    marked = any(shape(office) in _SCHOOL_MARKERS for office in offices) if offices else False
    if not words:
        odd.add("kind-missing", f"The entry has no {name}, so it is not known what it stands for.")
    elif len(kinds) > 1:
        odd.add("kind-contradictory", f"The values of {name} contradict each other.")
    elif not kinds:
        shown = quoted(", ".join(sorted({value.lower() for value in values})))
        odd.add("kind-unknown", f"The {name} {shown} is not known.")
    elif _ACCOUNT in words and not marked:
        odd.add("kind-unmarked", "The entry is an Account without the mark of a school's official account.")
    else:
        kind = kinds.pop()
        if marked and kind is not PersonKind.SCHOOL_ACCOUNT:
            odd.add("kind-contradictory", f"The entry bears a school account's mark, but its {name} says otherwise.")
        return kind
    return PersonKind.UNKNOWN


def _units(entry: Entry, kind: PersonKind, odd: Oddities) -> tuple[str, ...]:
    """Unit ids, `l` first (D-2), the others sorted, since the directory lists them in no order that means anything. A
    unit that contains another one of them is its parent and no place of service."""
    named = entry.all("l")
    own = _numbers(entry)
    primary = _ids(named, entry.called("l"), odd, own)
    others = _ids(entry.all("edupersonorgunitdn"), entry.called("eduPersonOrgUnitDN"), odd, own)
    if kind in _WORKING:
        called = entry.called("l")
        if len(primary) > 1:
            odd.add("unit-several", f"The entry names several units in {called}, so its primary one is not known.")
        elif not named:
            odd.add("unit-missing", f"The entry names no unit in {called}, so its primary unit is not known.")
    every = {*primary, *others}
    places = []
    for unit in others:
        if unit not in primary:
            for other in every:
                if below(other, unit):
                    break
            else:
                places.append(unit)
    return (*primary, *places)


def _ids(values: tuple[str, ...], name: str, odd: Oddities, own: Collection[str] = ()) -> list[str]:
    """Ids of units. What has somebody's number in it, that of the entry (`own`) or what looks like one, is none and is
    not kept (D-4)."""
    ids = set()
    for value in values:
        try:
            id_ = unit_id(value)
            if holds_personal_number(id_) or leaf(id_)[1] in own:
                raise ValueError
            ids.add(id_)
        except ValueError:
            odd.add("unit-unreadable", f"A value of {name} is no DN of a unit.")
    return sorted(ids) if len(ids) > 1 else list(ids)


def _active(entry: Entry, odd: Oddities) -> bool:
    """`active`, else refused. An attribute that does not show proves nothing: the person counts as active."""
    values, name = entry.all("accountstatus"), entry.called("accountStatus")
    if not values:
        odd.add("status-missing", f"The entry shows no {name}; it is taken for active.")
        return True
    shapes = [shape(value) for value in values]
    for value, word in zip(values, shapes, strict=True):
        if word not in ACTIVE and word not in _INACTIVE:
            text = f"The {name} {quoted(value).lower()} is not known; it is taken for inactive."
            odd.add("status-unknown", text)
    active = [word in ACTIVE for word in shapes]
    if any(active) and not all(active):
        odd.add("status-contradictory", f"The values of {name} contradict each other; it is taken for inactive.")
    return all(active)


def _specialties(entry: Entry, odd: Oddities) -> tuple[str, ...]:
    values = entry.all("gsnbranch")
    if not values:
        return ()
    name, codes = entry.called("gsnBranch"), set[str]()
    for value in values:
        code = specialty(value)
        if not code:
            odd.add("specialty-unknown", f"The {name} {quoted(value)} is no specialty code; it was left out.")
            continue
        if code in STALE_SPECIALTIES:
            odd.add("specialty-stale", f"The specialty {code} no longer exists (law 4521/2018).")
        codes.add(code)
    return tuple(sorted(codes))


def _roles(entry: Entry, odd: Oddities) -> tuple[UnitRole, ...]:
    """Roles of gsnUserRoleOn's options (D-3) and, from memberOf, the groups of a directorate (`plinet`, D-12)."""
    forms = entry.options(_ROLE)
    groups = entry.all("memberof")
    if not forms and not groups:
        return ()
    roles: set[UnitRole] = set()
    for options, values in forms:
        if not options and values:
            odd.add("role-unnamed", f"A value of {entry.called(ROLE_ATTRIBUTE)} does not say which role it is.")
        roles |= {
            UnitRole(option, unit) for unit in _ids(values, entry.called(ROLE_ATTRIBUTE), odd) for option in options
        }
    for group in _ids(groups, entry.called("memberOf"), odd):
        name, _, unit = group.partition(",ou=groups,")
        if unit and name.startswith("cn="):
            roles.add(UnitRole(name.removeprefix("cn="), unit))
    return tuple(sorted(roles))


_ROLE = ROLE_ATTRIBUTE.lower()


def _keys(
    entry: Entry, login: str, kind: PersonKind, registry_hash: Callable[[str], str], odd: Oddities
) -> tuple[PersonKey, ...]:
    """The person's keys, strongest first. 6 digits are an ΑΜ and 9 an ΑΦΜ; anything else, or nothing but zeros, is none
    of them (D-4)."""
    uuids = {value.lower() for value in entry.all("entryuuid")}
    whole = {value for value in uuids if _UUID.fullmatch(value) or not holds_personal_number(value)}
    if whole != uuids:
        odd.add("entry-number", f"A number stood in {entry.called('entryUUID')}, which was left out (D-4).")
    keys = [PersonKey("entry-uuid", value) for value in sorted(whole)]
    numbers = _numbers(entry)
    if numbers:
        good = [number for number in numbers if _NUMBER.fullmatch(number)]
        if len(good) < len(numbers):
            text = f"The {entry.called('employeeNumber')} is neither a registry nor a tax number; it was left out."
            odd.add("registry-unreadable", text)
        keys += [PersonKey("registry", value) for value in sorted(registry_hash(number) for number in good)]
    elif kind is PersonKind.TEACHER:
        text = f"The teacher has no {entry.called('employeeNumber')}, so a new login could not be recognised by it."
        odd.add("registry-missing", text)
    keys.append(PersonKey("login", login))
    return tuple(keys)


def _number_kind(entry: Entry) -> str:
    """`registry` where one of the numbers is an ΑΜ, `tax` where there is only an ΑΦΜ, else empty (D-4)."""
    sizes = {len(number) for number in _numbers(entry) if _NUMBER.fullmatch(number)}
    return "registry" if _REGISTRY_DIGITS in sizes else "tax" if sizes else ""


def _numbers(entry: Entry) -> set[str]:
    """What stands where the entry's registry or tax number should."""
    return {value.replace(" ", "") for value in entry.all("employeenumber")}
