"""An entry of the school network's directory as text, and the `Unit` it may stand for. Pure, without I/O.

The attributes and their meaning are the domain's own vocabulary (fact sheet directory, section 3.2), so they stand here
once for every connector that reads such entries, from a server or from an export; `directory_people` does the same for
people. The mapping of one entry depends on that entry alone. What cannot be understood becomes a `Finding`, never a
guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kypek_sync.contract.directory_words import capitals, directorate, leaf, plain, unit_id
from kypek_sync.model import Finding, FindingLevel, Unit

UNIT_ATTRIBUTES = (
    *("objectClass", "ou", "description", "gsnUnitCode", "gsnRegistryCode", "title", "businessCategory"),
    *("businessCategory;category", "accountStatus", "mail", "umdObject"),
)
"""What to ask for units."""

ACTIVE = frozenset({"ACTIVE", "ΕΝΕΡΓΗ", "ΕΝΕΡΓΟΣ", "ΕΝΕΡΓΟ"})
"""Values of accountStatus, in capitals, that mean active: of people and, in Greek, of units (D-8)."""

_UNIT_KINDS = {
    "ΝΗΠΙΑΓΩΓΕΙΟ": "nip",
    "ΔΗΜΟΤΙΚΟ": "dim",
    "ΓΥΜΝΑΣΙΟ": "gym",
    "ΛΥΚΕΙΟ": "lyk",
    "ΕΠΑΛ": "epal",
    "ΕΚ": "ek",
    "ΕΕΕΕΚ": "eeeek",
    "ΔΙΕΥΘΥΝΣΗ": "directorate",
    "ΓΡΑΦΕΙΟ": "office",
    "ΒΙΒΛΙΟΘΗΚΗ": "library",
}
_STEM_KINDS = {stem: stem for stem in ("nip", "dim", "gym", "lyk", "epal", "ek", "eeeek")}
_STEM_KINDS |= {"dipe": "directorate", "dide": "directorate", "gra": "office", "bib": "library"}
_RDN_LEVELS = {"nip": "ΠΕ", "dim": "ΠΕ", "dipe": "ΠΕ", "gym": "ΔΕ", "lyk": "ΔΕ", "epal": "ΔΕ", "ek": "ΔΕ", "dide": "ΔΕ"}
_CATEGORY_LEVELS = {"ΣΧΟΛΕΙΟ ΠΕ": "ΠΕ", "ΠΡΩΤΟΒΑΘΜΙΑ": "ΠΕ", "ΣΧΟΛΕΙΟ ΔΕ": "ΔΕ", "ΔΕΥΤΕΡΟΒΑΘΜΙΑ": "ΔΕ"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as text: `values` by attribute description in lower case (`cn;lang-en`), each value plain and not empty.

    `undecodable` names attributes with a value that is no UTF-8; such values are left out. The values are not shown in
    a repr, since they may hold a tax number.
    """

    dn: str
    values: Mapping[str, tuple[str, ...]] = field(repr=False)
    undecodable: tuple[str, ...] = ()

    @classmethod
    def of(cls, dn: str, raw: Mapping[str, Sequence[bytes]]) -> Entry:
        """From the bytes of a server or an export, decoded here and nowhere else (D-40)."""
        values: dict[str, tuple[str, ...]] = {}
        broken: list[str] = []
        for name, several in raw.items():
            texts: list[str] = []
            for value in several:
                try:
                    texts.append(plain(value.decode("utf-8")))
                except UnicodeDecodeError:
                    broken.append(name.lower())
            if kept := tuple(text for text in texts if text):
                values[name.lower()] = kept
        return cls(dn, values, tuple(sorted(set(broken))))

    def all(self, name: str) -> tuple[str, ...]:
        """The values of one attribute description, without its option forms."""
        return self.values.get(name.lower(), ())

    def first(self, *names: str) -> str:
        """The first value of the first of these descriptions that has one, or an empty word."""
        return next((values[0] for name in names if (values := self.all(name))), "")

    def options(self, name: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """(options, values) of each form of an attribute, languages aside, sorted by options."""
        forms = []
        for description, values in self.values.items():
            stem, *options = description.split(";")
            if stem == name.lower():
                forms.append((tuple(sorted(o for o in options if not o.startswith("lang-"))), values))
        return tuple(sorted(forms))


class Oddities:
    """Collects the findings about one subject."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.found: list[Finding] = []

    def add(self, code: str, text: str, level: FindingLevel = FindingLevel.WARNING) -> None:
        self.found.append(Finding(self.subject, code, text, level))


def unit_of(entry: Entry) -> tuple[Unit | None, tuple[Finding, ...]]:
    """The unit that an entry stands for, and what is odd about it. None when its DN cannot be read."""
    odd = Oddities(entry.dn)
    try:
        id_ = unit_id(entry.dn)
    except ValueError:
        odd.add("unit-unreadable", "The DN of the entry cannot be read.", FindingLevel.ERROR)
        return None, tuple(odd.found)
    odd.subject = id_
    for name in entry.undecodable:
        odd.add("value-undecodable", f"A value of {name} is no UTF-8 and was left out; ask the directory to mend it.")
    code, registry_code = entry.first("gsnUnitCode"), entry.first("gsnRegistryCode")
    if entry.first("umdObject").casefold() == "schunit":
        for value, name in ((code, "gsnUnitCode"), (registry_code, "gsnRegistryCode")):
            if not value:
                odd.add("unit-code-missing", f"The unit has no {name}; ask the units register to complete it.")
    stem = match.group(1) if (match := re.match(r"\d*([a-z]+)(?:-|$)", leaf(id_)[1])) else ""
    title = capitals(entry.first("title"))
    levels = {_CATEGORY_LEVELS.get(capitals(c), "") for c in entry.all("businessCategory")} - {""}
    unit = Unit(
        id=id_,
        name=entry.first("description", "ou", "ou;lang-en") or leaf(id_)[1],
        code=code,
        registry_code=registry_code,
        kind=_UNIT_KINDS.get(title) or _STEM_KINDS.get(stem, ""),
        level=levels.pop() if len(levels) == 1 else _RDN_LEVELS.get(stem, ""),
        directorate=directorate(id_),
        mail=entry.first("mail").lower(),
        active=capitals(entry.first("accountStatus") or "ΕΝΕΡΓΗ") in ACTIVE,  # D-8; containers carry none
    )
    return unit, tuple(sorted(odd.found))
