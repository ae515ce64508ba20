"""Builders of directory entries as LDIF, and one small population with the dirt that the fact sheet tells of.

Everybody is invented; registry numbers begin with 700 and tax numbers with 999, which no real one does.
"""

from __future__ import annotations

import base64
import uuid

BASE = "dc=sch,dc=gr"
PEOPLE, UNITS = f"ou=people,{BASE}", f"ou=units,{BASE}"
CHANGED = "20261101080000Z"

ILIO = f"ou=10gym-iliou,ou=att-g,{UNITS}"
ATHENS = f"ou=1dim-athin,ou=att-a,{UNITS}"
WORKSHOP = f"ou=45ek-laris,ou=lar,{UNITS}"

NUMBERS = ("700001", "700002", "700003", "999000001")
"""Every employeeNumber of the population: none of them may show anywhere."""

Values = str | bytes | tuple[str | bytes, ...]


def entry(dn: str, **attributes: Values) -> str:
    """One entry as LDIF. `__` in a name stands for the `;` of an option and `_` for `-`; operational attributes are
    added unless given. An empty tuple leaves an attribute out."""
    lines = [_line("dn", dn.encode())]
    operational: dict[str, Values] = {
        "entryUUID": str(uuid.uuid5(uuid.NAMESPACE_DNS, dn)),
        "modifyTimestamp": CHANGED,
    }
    for name, values in {**attributes, **{k: v for k, v in operational.items() if k not in attributes}}.items():
        for value in values if isinstance(values, tuple) else (values,):
            raw = value.encode() if isinstance(value, str) else value
            lines.append(_line(name.replace("__", ";").replace("_", "-"), raw))
    return "\n".join(lines) + "\n"


def _line(name: str, raw: bytes) -> str:
    safe = raw.isascii() and raw == raw.strip() and raw[:1] not in (b":", b"<") and raw.isascii() and b"\n" not in raw
    return f"{name}: {raw.decode()}" if safe and raw else f"{name}:: {base64.b64encode(raw).decode()}"


def person(login: str, **changes: Values) -> str:
    """A teacher of the gymnasium at Ilio, except for `changes`."""
    usual: dict[str, Values] = {
        "objectClass": (
            *("top", "person", "organizationalPerson", "inetOrgPerson", "eduPerson"),
            *("qmailUser", "gsnUser", "umdManagedObject"),
        ),
        "uid": login,
        "cn": "ΠΑΠΠΑ ΜΑΡΙΑ",
        "sn": "ΠΑΠΠΑ",
        "sn__lang_en": "PAPPA",
        "givenName": "ΜΑΡΙΑ",
        "givenName__lang_en": "MARIA",
        "mail": f"{login}@sch.example",
        "l": ILIO,
        "eduPersonOrgUnitDN": (ILIO, f"ou=att-g,{UNITS}"),
        "umdObject": "Teacher",
        "accountStatus": "active",
        "gsnBranch": "ΠΕ70",
        "employeeNumber": "700001",
    }
    return entry(f"uid={login},{PEOPLE}", **{**usual, **changes})


def unit(dn: str, name: str, **changes: Values) -> str:
    """A unit with that DN and Greek name; without codes unless given."""
    usual: dict[str, Values] = {
        "objectClass": ("top", "organizationalUnit", "gsnUnit", "umdManagedObject"),
        "ou": dn.partition(",")[0].partition("=")[2],
        "description": name,
    }
    return entry(dn, **{**usual, **changes})


def school(dn: str, name: str, code: str, registry_code: str, **changes: Values) -> str:
    """A school with its codes."""
    usual: dict[str, Values] = {
        "gsnUnitCode": code,
        "gsnRegistryCode": registry_code,
        "accountStatus": "ΕΝΕΡΓΗ",
        "umdObject": "schunit",
    }
    return unit(dn, name, **{**usual, **changes})


def tree(*entries: str) -> str:
    """The containers, and the given entries below them, as one LDIF."""
    containers = (
        entry(BASE, objectClass=("top", "dcObject", "organization"), dc="sch", o="test"),
        *(
            entry(f"ou={name},{BASE}", objectClass=("top", "organizationalUnit"), ou=name)
            for name in ("people", "units")
        ),
        *(unit(f"ou={label},{UNITS}", f"ΔΙΕΥΘΥΝΣΗ {label}") for label in ("att-a", "att-g", "lar")),
    )
    return "\n".join((*containers, *entries))


POPULATION = tree(
    school(ILIO, "10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ", "0501659", "1000169", businessCategory="ΔΕΥΤΕΡΟΒΑΘΜΙΑ", title="ΓΥΜΝΑΣΙΟ"),
    school(ATHENS, "1ο ΔΗΜΟΤΙΚΟ  ΣΧΟΛΕΙΟ ΑΘΗΝΩΝ ", "9050001", "1000170", accountStatus="ΑΝΕΝΕΡΓΗ"),
    school(WORKSHOP, "45ο Ε.Κ. ΛΑΡΙΣΑΣ", "EK04932", "1000170", title="ΑΛΛΟΣ", businessCategory="ΑΝΕΞ ΒΑΘΜΙΔΑΣ"),
    unit(f"ou=dide-att-g,ou=att-g,{UNITS}", "ΔΙΕΥΘΥΝΣΗ Δ.Ε.", umdObject="schunit", accountStatus="ΕΝΕΡΓΗ"),
    person("mpappa"),
    person(
        "GNikol",
        umdObject="teacher",
        gsnBranch="PE86",
        l=ILIO.replace(",", ", ").upper(),
        gsnUserRoleOn__school_principal=ILIO,
        employeeNumber="999000001",
        mail="GNikol@SCH.example",
        sn="ΝΙΚΟΛΑΟΥ",
        givenName=" ΓΙΩΡΓΟΣ  ΑΛΕΞΙΟΣ ",
    ),
    person("adimou", eduPersonOrgUnitDN=(ATHENS, ILIO, f"ou=att-g,{UNITS}"), employeeNumber=(), umdObject="aTeacher"),
    person("knikou", l=f"ou=gone,ou=att-g,{UNITS}", employeeNumber="700002"),
    person("eioann", l=(), accountStatus="disabled", employeeNumber="700003"),
    person("psamar", gsnBranch=("Διοικητικός", "ΠΕ20"), employeeNumber="700001"),
    person("staff1", umdObject="Personel", employeeNumber=(), memberOf=f"cn=plinet,ou=Groups,ou=att-g,{UNITS}"),
    person("pupil1", umdObject="student", employeeNumber=(), gsnBranch=()),
    person(
        "10gymili",
        umdObject="Account",
        physicalDeliveryOfficeName="ΕΠΙΣΗΜΟΣ  ΛΟΓΑΡΙΑΣΜΟΣ ",
        employeeNumber=(),
        gsnBranch=(),
        givenName=(),
    ),
    person("0501659", umdObject="ISaccount", employeeNumber=(), gsnBranch=()),
    person("r-10gym-iliou", umdObject="Router", cn="Dialup ", employeeNumber=(), gsnBranch=(), givenName=()),
    person("robot", umdObject="Robot", employeeNumber=(), gsnBranch=()),
)
"""12 people and accounts and 7 units (3 of them directorates' containers)."""

LOGINS = (
    *("0501659", "10gymili", "adimou", "eioann", "gnikol", "knikou"),
    *("mpappa", "psamar", "pupil1", "r-10gym-iliou", "robot", "staff1"),
)
"""The logins of the population, sorted."""
