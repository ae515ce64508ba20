"""Attributes of each kind of entry, named and spelt as the directory sheet says (3.1, 3.2), flaws included."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from kypek_sync.sandbox.people.ldif import Attributes
from kypek_sync.sandbox.people.names import latin
from kypek_sync.sandbox.people.persons import ROLE_QUIRKS, Account, dangling_dn
from kypek_sync.sandbox.people.tree import UNITS, SchoolUnit

MARKER, SPACED_MARKER = "ΕΠΙΣΗΜΟΣ ΛΟΓΑΡΙΑΣΜΟΣ", "ΕΠΙΣΗΜΟΣ  ΛΟΓΑΡΙΑΣΜΟΣ "


def _classes(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple(("objectClass", name) for name in ("top", *names))


_PERSON = (
    *_classes("person", "organizationalPerson", "inetOrgPerson", "eduPerson"),
    *_classes("qmailUser", "radiusprofile", "gsnUser", "umdManagedObject")[1:],
)
_UNIT = _classes("organizationalUnit", "gsnUnit", "umdManagedObject")
_FOLDER = _classes("organizationalUnit")
_GROUP = _classes("groupOfNames")
_ROOT = _classes("dcObject", "organization")
_PUPIL = (("gsnGrade", "Α"), ("gsnGrade;lang-en", "A"), ("gsnClass", "Α1"), ("gsnClass;lang-en", "A1"))


@dataclass(frozen=True, slots=True)
class Stamp:
    """Gives each entry its operational attributes: entryUUID from the DN, a moment of the two years before `now`."""

    rng: random.Random
    now: datetime
    seconds: int

    def of(self, dn: str) -> tuple[tuple[str, str], ...]:
        """entryUUID and the two timestamps."""
        digest = hashlib.md5(dn.encode(), usedforsecurity=False).hexdigest()
        uuid = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"
        moment = self.now - timedelta(seconds=int(self.rng.random() * self.seconds))
        written = f"{moment.year}{moment.month:02}{moment.day:02}{moment.hour:02}{moment.minute:02}{moment.second:02}Z"
        return ("entryUUID", uuid), ("createTimestamp", written), ("modifyTimestamp", written)


def container(dn: str, name: str, description: str, stamp: Stamp) -> tuple[str, Attributes]:
    """The root, a branch, or a directorate (those have a description)."""
    if dn.startswith("dc="):
        own: tuple[tuple[str, str], ...] = (*_ROOT, ("dc", name), ("o", "Greek School Network (synthetic)"))
    elif description:
        own = (*_UNIT, ("ou", name), ("description", description), ("umdObject", "Organization"))
    else:
        own = (*_FOLDER, ("ou", name))
    return dn, (*own, *stamp.of(dn))


def group(dn: str, name: str, member: str, stamp: Stamp) -> tuple[str, Attributes]:
    """A group of a directorate; its people show in their own `memberOf`."""
    return dn, (*_GROUP, ("cn", name), ("member", member), *stamp.of(dn))


def unit(each: SchoolUnit, stamp: Stamp) -> tuple[str, Attributes]:
    """A school or office."""
    return each.dn, (
        *_UNIT,
        ("ou", each.rdn),
        ("description", each.name),
        ("title", each.title),
        ("businessCategory", each.business[0]),
        ("businessCategory;category", each.business[1]),
        ("gsnUnitCode", each.code),
        ("gsnRegistryCode", each.registry_code),
        ("accountStatus", "ΕΝΕΡΓΗ" if each.active else "ΑΝΕΝΕΡΓΗ"),
        ("mail", f"mail@{each.rdn}.{each.host}"),
        ("telephoneNumber", "2100000000"),
        ("l", each.town),
        ("umdObject", "schunit"),
        *stamp.of(each.dn),
    )


def person(account: Account, stamp: Stamp) -> tuple[str, Attributes]:
    """An account of any kind."""
    dn = f"uid={account.login},ou=people,dc=sch,dc=gr"
    if account.kind in ("Router", "ADSLaccount"):
        own: Attributes = (("cn", account.surname), ("sn", account.surname), ("umdObject", account.kind))
        return dn, (*_PERSON, ("uid", account.login), *own, ("accountStatus", "active"), *stamp.of(dn))
    if account.kind in ("Account", "ISaccount"):
        return dn, (*_PERSON, *_school_account(account), *stamp.of(dn))
    kind = account.kind.lower() if "lower-case-kind" in account.quirks else account.kind
    return dn, (
        *_PERSON,
        ("uid", account.login),
        *_names(account.surname, account.given_name),
        ("mail", account.mail),
        ("ou", account.unit.name if account.unit else ""),
        ("ou;lang-en", latin(account.unit.name) if account.unit else ""),
        ("umdObject", kind),
        ("accountStatus", "active" if account.is_active else "disabled"),
        *_places(account),
        *_work(account),
        *stamp.of(dn),
    )


@lru_cache(maxsize=8192)
def _names(surname: str, given: str) -> tuple[tuple[str, str], ...]:
    return (
        ("sn", surname),
        ("sn;lang-en", latin(surname)),
        ("givenName", given),
        ("givenName;lang-en", latin(given)),
        ("cn", f"{surname} {given}"),
        ("cn;lang-en", f"{latin(surname)} {latin(given)}"),
    )


def _school_account(account: Account) -> Attributes:
    """`Account` with the marker (D-6), or `ISaccount`, whose uid is the unit's code."""
    official = account.kind == "Account"
    marker = SPACED_MARKER if "spaced-marker" in account.quirks else MARKER
    return (
        ("uid", account.login),
        ("cn", account.surname),
        ("sn", account.surname),
        ("ou", account.surname),
        *_places(account),
        ("umdObject", account.kind),
        ("accountStatus", "active"),
        ("mail", account.mail),
        ("physicalDeliveryOfficeName", marker if official else ""),
        ("physicalDeliveryOfficeName;lang-en", "EPISIMOS LOGARIASMOS" if official else ""),
    )


def _places(account: Account) -> Attributes:
    """`l`, and eduPersonOrgUnitDN with the unit, its parent and perhaps a second school, in no promised order (D-2)."""
    where, quirks = account.unit, account.quirks
    if where is None:
        return ()
    named = where.dn
    if "dangling-l" in quirks:
        named = dangling_dn(where)
    elif "respaced-l" in quirks:
        named = where.dn.replace(",", ", ")
    elif "no-l" in quirks:
        named = ""
    listed = [where.dn, where.parent]
    if account.second_unit is not None:
        listed.insert(0 if "second-school-first" in quirks else 2, account.second_unit.dn)
    unique = dict.fromkeys([dangling_dn(where), where.parent] if "dangling-l" in quirks else listed)
    return (("l", named), *(("eduPersonOrgUnitDN", dn) for dn in unique))


def _work(account: Account) -> Attributes:
    if account.kind == "student":
        return _PUPIL
    if account.kind == "Personel":
        return (("title", "ΠΡΟΣΩΠΙΚΟ ΠΣΔ"), ("employeeNumber", account.number), ("gsnBranch", account.branch))
    return (
        ("title", "ΕΚΠΑΙΔΕΥΤΙΚΟΣ"),
        ("eduPersonAffiliation", "faculty"),
        ("physicalDeliveryOfficeName", "ΑΝΑΠΛΗΡΩΤΗΣ" if account.substitute else "ΜΟΝΙΜΟΣ"),
        ("gsnBranch", account.branch),
        ("employeeNumber", account.number),
        *_roles(account),
    )


def _roles(account: Account) -> Attributes:
    """Roles in attribute options (D-3); the network's helpers through memberOf (D-12)."""
    if account.unit is None or not account.quirks:
        return ()
    label = account.unit.label
    found = []
    for quirk, role in ROLE_QUIRKS.items():
        if quirk in account.quirks:
            school = quirk in ("principal", "itlab")
            found.append(
                (f"gsnUserRoleOn;{role}", account.unit.dn if school else f"ou=dide-{label},ou={label},{UNITS}")
            )
    if "plinet" in account.quirks:
        found.append(("memberOf", f"cn=plinet,ou=Groups,ou={label},{UNITS}"))
    return found
