"""Which column of a CSV export holds what: usual headings, those of the settings, and what is missing. Pure.

A field stands for an attribute of the school network's directory (fact sheet directory, section 3), so that a row means
what an entry with these attributes means.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kypek_sync.contract import KNOWN_ROLES, PERSON_ATTRIBUTES, ROLE_ATTRIBUTE, UNIT_ATTRIBUTES, shape

_PEOPLE: dict[str, tuple[str, ...]] = {
    "login": ("Όνομα χρήστη", "Λογαριασμός", "Λογαριασμός ΠΣΔ", "Username", "Login", "uid"),
    "surname": ("Επώνυμο", "Επίθετο", "Surname", "Last name", "sn"),
    "given_name": ("Όνομα", "Given name", "First name", "givenName"),
    "mail": ("Email", "E-mail", "Ηλ. ταχυδρομείο", "Ηλεκτρονικό ταχυδρομείο", "Ηλεκτρονική διεύθυνση", "mail"),
    "registry": ("Α.Μ.", "Αριθμός μητρώου", "Αρ. μητρώου", "Μητρώο", "employeeNumber"),
    "tax_number": ("Α.Φ.Μ.", "Αριθμός φορολογικού μητρώου"),
    "specialty": ("Ειδικότητα", "Κλάδος", "Κλάδος / Ειδικότητα", "Κωδικός κλάδου", "gsnBranch"),
    "kind": ("Κατηγορία", "Ιδιότητα", "Κατηγορία προσωπικού", "umdObject"),
    "status": ("Κατάσταση", "Κατάσταση λογαριασμού", "Ενεργός", "accountStatus"),
    "unit": ("Κωδικός μονάδας", "Κωδικός σχολείου", "Κωδ. σχολείου", "Κωδικός σχολικής μονάδας", "l"),
    "other_units": ("Άλλες μονάδες", "Κωδικοί άλλων μονάδων", "eduPersonOrgUnitDN"),
    "unit_name": ("Σχολείο", "Μονάδα", "Σχολική μονάδα", "Ονομασία μονάδας", "Ονομασία σχολείου"),
    "directorate": ("Διεύθυνση εκπαίδευσης", "Ετικέτα διεύθυνσης"),
    "role": ("Ρόλος", "Θέση ευθύνης"),
    "entry": ("entryUUID",),
}
_UNITS: dict[str, tuple[str, ...]] = {
    "code": ("Κωδικός", "Κωδικός μονάδας", "Κωδικός σχολείου", "Κωδ. σχολείου", "gsnUnitCode"),
    "registry_code": ("Κωδικός MM", "Κωδικός μητρώου μονάδων", "mm_id", "gsnRegistryCode"),
    "name": ("Ονομασία", "Όνομα", "Σχολείο", "Σχολική μονάδα", "Ονομασία μονάδας", "description"),
    "title": ("Τύπος", "Τύπος μονάδας", "title"),
    "level": ("Βαθμίδα", "Βαθμίδα εκπαίδευσης", "businessCategory"),
    "directorate": ("Διεύθυνση εκπαίδευσης", "Ετικέτα διεύθυνσης"),
    "mail": ("Email", "E-mail", "Ηλ. ταχυδρομείο", "mail"),
    "status": ("Κατάσταση", "Κατάσταση μονάδας", "accountStatus"),
    "dn": ("DN", "unit_dn"),
}
PEOPLE_FIELDS, UNIT_FIELDS = tuple(_PEOPLE), tuple(_UNITS)

ATTRIBUTES: Mapping[str, str] = {
    "login": "uid",
    "surname": "sn",
    "given_name": "givenName",
    "mail": "mail",
    "registry": "employeeNumber",
    "tax_number": "employeeNumber",
    "specialty": "gsnBranch",
    "kind": "umdObject",
    "status": "accountStatus",
    "unit": "l",
    "other_units": "eduPersonOrgUnitDN",
    "entry": "entryUUID",
}
_STANDS_FOR: Mapping[str, str] = {**ATTRIBUTES, "unit_name": "l", "role": ROLE_ATTRIBUTE}
_PRIMARY = ("unit", "unit_name", "l")
_HELD_BY: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind", "umdObject"),
    "active": ("status", "accountStatus"),
    "surname": ("surname", "sn", "cn"),
    "given_name": ("given_name", "givenName"),
    "mail": ("mail",),
    "specialties": ("specialty", "gsnBranch"),
    "primary_unit": _PRIMARY,
    "units": (*_PRIMARY, "other_units", "eduPersonOrgUnitDN"),
    "directorates": ("directorate", "l", "eduPersonOrgUnitDN"),
    "roles": ("role", *(f"gsnUserRoleOn;{role}" for role in KNOWN_ROLES)),
    "group_roles": ("role", "memberOf"),
    "registry_number": ("registry", "tax_number", "employeeNumber"),
}
"""The columns of which one must be there, for a person to have a field."""
UNIT_FIELD_ATTRIBUTES: Mapping[str, str] = {
    "code": "gsnUnitCode",
    "registry_code": "gsnRegistryCode",
    "name": "description",
    "title": "title",
    "level": "businessCategory",
    "mail": "mail",
    "status": "accountStatus",
}


_DIGIT = re.compile(r"\d")
_PERSONAL = re.compile(r"@|\d(?:[\s.,/-]?\d){4}")
"""What stands in cells of people and in no heading: an address, a number of five digits or more."""


class HeadingsError(Exception):
    """The headings do not say which column holds what. `message` is a sentence and `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Columns:
    """The place of each field in a row; `attributes` are columns that bear the name of an attribute of the directory
    for which there is no field (`gsnUserRoleOn;school-principal`); `width` is how many columns the heading has;
    `names`, how the file calls an attribute (by its name in lower case): by its column's heading in quotes, or by the
    usual one of a column that it lacks."""

    fields: Mapping[str, int]
    attributes: Mapping[str, int]
    width: int
    names: Mapping[str, str]

    def heading(self, field: str) -> str:
        """The heading of a field's column, in quotes; the usual one where there is no such column."""
        return self.names[field]

    def without(self) -> frozenset[str]:
        """The fields of a person for which a file with these columns has no place, as in `Reading`."""
        return frozenset(
            name
            for name, those in _HELD_BY.items()
            if self.fields.keys().isdisjoint(those) and self.attributes.keys().isdisjoint(those)
        )

    def __contains__(self, field: str) -> bool:
        return field in self.fields


def people_columns(headings: Sequence[str], named: Mapping[str, str]) -> Columns:
    """The columns of a file of people. Raises `HeadingsError` without a login, or where two columns compete."""
    return _columns(headings, named, _PEOPLE, PERSON_ATTRIBUTES, ("login",), "columns", _STANDS_FOR)


def unit_columns(headings: Sequence[str], named: Mapping[str, str]) -> Columns:
    """The columns of a file of units. Raises `HeadingsError` without a code or DN, or where two columns compete."""
    needed = ("code", "dn")
    return _columns(headings, named, _UNITS, UNIT_ATTRIBUTES, needed, "unit_columns", UNIT_FIELD_ATTRIBUTES)


def recognised(headings: Sequence[str]) -> int:
    """How many of the headings are usual ones, of people or of units."""
    usual = {_bare(word) for words in (*_PEOPLE.values(), *_UNITS.values()) for word in words}
    return sum(_bare(heading) in usual for heading in headings)


def _columns(
    headings: Sequence[str],
    named: Mapping[str, str],
    usual: Mapping[str, tuple[str, ...]],
    attributes: Sequence[str],
    needed: tuple[str, ...],
    setting: str,
    stands_for: Mapping[str, str],
) -> Columns:
    if not any(headings):
        raise HeadingsError("The file is empty.", "Draw the export again: the file holds not even headings.")
    bare = [_bare(heading) for heading in headings]
    known = {_bare(word) for words in (*usual.values(), tuple(named.values()), attributes) for word in words}
    if (known - {""}).isdisjoint(bare):  # a row of somebody, perhaps: nothing of it is shown
        raise HeadingsError("The first line holds no headings.", _no_headings(setting))
    fields: dict[str, int] = {}
    for field, words in usual.items():
        wanted = {_bare(named[field])} if field in named else {_bare(word) for word in words}
        places = [at for at, heading in enumerate(bare) if heading and heading in wanted]
        if len(places) > 1:
            both = " and ".join(f"{_shown(headings[at])} ({at + 1})" for at in places[:2])
            hint = f"Give each column a heading of its own, or name the right one under `{setting}`."
            raise HeadingsError(f"Two columns may hold the field {field}: {both}.", hint)
        if places:
            fields[field] = places[0]
        elif field in named:
            hint = f"Mend `{setting}`; there are: {_few(headings)}."
            raise HeadingsError(f"No column has the heading {_shown(named[field])}.", hint)
    if not fields.keys() & set(needed):
        hint = f"Name the column under `{setting}`, or check the file and its encoding; there are: {_few(headings)}."
        raise HeadingsError(f"No column is known to hold the field {needed[0]}.", hint)
    used = set(fields.values())
    forms = {_bare(name): name for name in (*attributes, *(f"gsnUserRoleOn;{role}" for role in KNOWN_ROLES))}
    extra = {forms[word]: at for at, word in enumerate(bare) if word in forms and at not in used}
    names = {name.lower(): f"«{headings[at]}»" for name, at in extra.items()}
    shown = {
        field: f"«{_shown(headings[fields[field]]) if field in fields else words[0]}»" for field, words in usual.items()
    }
    return Columns(fields, extra, len(headings), shown | names | _called(fields, shown, stands_for))


def _called(fields: Collection[str], shown: Mapping[str, str], stands_for: Mapping[str, str]) -> dict[str, str]:
    """How each attribute is called: by all columns that hold it, else by the first that could."""
    called: dict[str, str] = {}
    for attribute in dict.fromkeys(stands_for.values()):
        those = [field for field, name in stands_for.items() if name == attribute]
        held = [shown[field] for field in those if field in fields]
        called[attribute.lower()] = ", ".join(held or [shown[those[0]]])
    return called


def _no_headings(setting: str) -> str:
    return (
        "Draw the export with a heading over each column, check its encoding and separator, or name its columns under "
        f"`{setting}`."
    )


def _few(headings: Sequence[str]) -> str:
    """The first of those cells that are headings to look at. Without headings, or where a broken line end runs rows
    together, cells are somebody's name, address, registry and tax number (D-4)."""
    if any(_PERSONAL.search(heading) for heading in headings):
        headings = [heading for heading in headings if recognised([heading])]
    shown = [heading[:30] for heading in headings if heading and not _DIGIT.search(heading)]
    return ", ".join(shown[:12] + (["…"] if len(shown) > 12 or not shown else []))


def _shown(heading: str) -> str:
    """A heading that the settings may have named, which may be somebody's cell of a file without any."""
    return "…" if _PERSONAL.search(heading) else heading


def _bare(heading: str) -> str:
    """A heading without what people write differently: case, accents, dots, spaces, look-alike letters."""
    return re.sub(r"[\s._\-/:*]+", "", shape(heading))
