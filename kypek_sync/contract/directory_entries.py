"""An entry of the school network's directory as text, and the `Unit` it may stand for. Pure, without I/O.

The attributes and their meaning are the domain's own vocabulary (fact sheet directory, section 3.2), so they stand here
once for every connector that reads such entries, from a server or from an export; `directory_people` does the same for
people. The mapping of one entry depends on that entry alone. What cannot be understood becomes a `Finding`, never a
guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from kypek_sync.contract.directory_codes import address, shape, unit_code, without_numbers
from kypek_sync.contract.directory_words import directorate, leaf, plain, unit_id
from kypek_sync.contract.personal_numbers import holds_personal_number, without_personal_numbers
from kypek_sync.model import Finding, FindingLevel, Unit

UNIT_ATTRIBUTES = (
    *("objectClass", "ou", "description", "gsnUnitCode", "gsnRegistryCode", "title", "businessCategory"),
    *("businessCategory;category", "accountStatus", "mail", "umdObject"),
)
"""What to ask for units."""

ACTIVE = frozenset(map(shape, ("ACTIVE", "ΕΝΕΡΓΗ", "ΕΝΕΡΓΟΣ", "ΕΝΕΡΓΟ")))
"""Shapes of the values of accountStatus that mean active: of people and, in Greek, of units (D-8)."""

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
_KINDS = {shape(title): kind for title, kind in _UNIT_KINDS.items()}
_STEM_KINDS = {stem: stem for stem in ("nip", "dim", "gym", "lyk", "epal", "ek", "eeeek")}
_STEM_KINDS |= {"dipe": "directorate", "dide": "directorate", "gra": "office", "bib": "library"}
_RDN_LEVELS = {"nip": "ΠΕ", "dim": "ΠΕ", "dipe": "ΠΕ", "gym": "ΔΕ", "lyk": "ΔΕ", "epal": "ΔΕ", "ek": "ΔΕ", "dide": "ΔΕ"}
_CATEGORY_LEVELS = {"ΣΧΟΛΕΙΟ ΠΕ": "ΠΕ", "ΠΡΩΤΟΒΑΘΜΙΑ": "ΠΕ", "ΣΧΟΛΕΙΟ ΔΕ": "ΔΕ", "ΔΕΥΤΕΡΟΒΑΘΜΙΑ": "ΔΕ"}
_LEVELS = {shape(category): level for category, level in _CATEGORY_LEVELS.items()}
_STEM = re.compile(r"\d*([a-z]+)(?:-|$)")
_OWN = frozenset({"uid", "cn", "mail", "employeenumber", "entryuuid", "memberof", "gsnunitcode", "gsnregistrycode"})
"""Attributes whose values hardly come again, or must not be kept (D-4): the others are decoded once."""


class Entry:
    """An entry as text: each value is decoded when it is asked for, plain and not empty.

    `undecodable` names the attributes, of those that were asked for, with a value that is no UTF-8; such values are
    left out. The values are not shown in a repr, since they may hold a tax number. `names` is how the source calls
    its attributes, where it has words of its own for them (the headings of a table), by their names in lower case.
    """

    __slots__ = ("_names", "_raw", "dn", "undecodable")

    def __init__(self, dn: str, raw: Mapping[str, Sequence[bytes]], names: Mapping[str, str] | None = None) -> None:
        self.dn = dn
        self._names = names
        self.undecodable: list[str] = []
        self._raw: dict[str, Sequence[bytes]] = {}
        for name, several in raw.items():
            lower = name.lower()
            self._raw[lower] = [*self._raw[lower], *several] if lower in self._raw else several

    @classmethod
    def of(cls, dn: str, raw: Mapping[str, Sequence[bytes]], names: Mapping[str, str] | None = None) -> Entry:
        """From the bytes of a server or an export, decoded here and nowhere else (D-40)."""
        return cls(dn, raw, names)

    def __repr__(self) -> str:
        return f"Entry({self.dn!r})"

    def all(self, name: str) -> tuple[str, ...]:
        """The values of one attribute description in lower case, without its option forms."""
        several = self._raw.get(name)
        if not several:
            return ()
        read = _text if name in _OWN else _shared_text
        texts = [read(value) for value in several]
        if None in texts:
            self.undecodable.append(name)
        return tuple([text for text in texts if text])

    def called(self, name: str) -> str:
        """An attribute as its source calls it: what a finding names, so that people find the place."""
        return name if self._names is None else self._names.get(name.lower(), name)

    def first(self, *names: str) -> str:
        """One value of the first of these descriptions that has any, or an empty word: of several values, which stand
        in no promised order, the one that sorts first."""
        for name in names:
            if values := self.all(name):
                return values[0] if len(values) == 1 else min(values)
        return ""

    def options(self, name: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """(options, values) of each form of an attribute in lower case, languages aside, sorted by options."""
        forms = []
        for description in self._raw:
            if description.startswith(name):
                stem, *options = description.split(";")
                if stem == name:
                    forms.append((tuple(sorted(o for o in options if o and not o.startswith("lang-"))), description))
        return tuple((options, self.all(description)) for options, description in sorted(forms))


def _text(value: bytes) -> str | None:
    try:
        return plain(value.decode("utf-8"))
    except UnicodeDecodeError:
        return None


_shared_text = lru_cache(maxsize=16384)(_text)


class Oddities:
    """Collects the findings about one subject."""

    __slots__ = ("found", "subject")

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.found: list[Finding] = []

    def add(self, code: str, text: str, level: FindingLevel = FindingLevel.WARNING) -> None:
        """One more; the text is a whole sentence."""
        self.found.append(Finding(self.subject, code, text, level))

    def told(self, entry: Entry) -> tuple[Finding, ...]:
        """All of them, sorted, with the values of the entry that could not be decoded."""
        for name in sorted(set(entry.undecodable)):
            called = entry.called(name)
            text = f"A value of {called} is no UTF-8 and was left out; ask the directory to mend it."
            self.add("value-undecodable", text)
        return tuple(sorted(self.found)) if len(self.found) > 1 else tuple(self.found)


def unit_of(entry: Entry) -> tuple[Unit | None, tuple[Finding, ...]]:
    """The unit that an entry stands for, and what is odd about it. None when its DN cannot be read."""
    odd = Oddities(without_personal_numbers(entry.dn))
    try:
        id_ = unit_id(entry.dn)
        if holds_personal_number(id_):  # of a broken line, perhaps (D-4)
            raise ValueError
    except ValueError:
        odd.add("unit-unreadable", "The DN of the entry cannot be read.", FindingLevel.ERROR)
        return None, tuple(odd.found)
    odd.subject = id_
    school = shape(entry.first("umdobject")) == _SCHOOL
    own = leaf(id_)[1]
    stem = match.group(1) if (match := _STEM.match(own)) else ""
    levels = {_LEVELS.get(shape(c), "") for c in entry.all("businesscategory")} - {""}
    code, registry_code = _code(entry, "gsnUnitCode", school, odd), _code(entry, "gsnRegistryCode", school, odd)
    unit = Unit(
        id=id_,
        name=_unit_name(entry, {code, registry_code, own}, odd) or own,
        code=code,
        registry_code=registry_code,
        kind=_KINDS.get(shape(entry.first("title"))) or _STEM_KINDS.get(stem, ""),
        level=levels.pop() if len(levels) == 1 else _RDN_LEVELS.get(stem, ""),
        directorate=directorate(id_),
        mail=mail_of(entry, odd),
        active=shape(entry.first("accountstatus") or "ΕΝΕΡΓΗ") in ACTIVE,  # D-8; containers carry none
    )
    return unit, odd.told(entry)


_SCHOOL = shape("schunit")


def _unit_name(entry: Entry, codes: Collection[str], odd: Oddities) -> str:
    """What a unit is called. Everybody sees it: where a broken line or a shifted column brings a number there, it may
    be somebody's and is not kept (D-4); the unit's own codes are."""
    name = entry.first("description", "ou", "ou;lang-en")
    bare = without_numbers(name, codes)
    if bare != name:
        called = entry.called("description")
        odd.add("unit-name-number", f"A number stood in {called} and was left out, since it may be somebody's (D-4).")
    return bare if any(map(str.isalpha, bare)) else ""


def _code(entry: Entry, name: str, school: bool, odd: Oddities) -> str:
    """A unit's code (D-9). Several of one unit, or what is none, find nobody (D-10)."""
    values = entry.all(name.lower())
    codes = {"" if holds_personal_number(code) else code for code in map(unit_code, values)}
    called = entry.called(name)
    if not values:
        if school:
            odd.add("unit-code-missing", f"The unit has no {called}; ask the units register to complete it.")
        return ""
    if "" in codes:
        odd.add("unit-code-unreadable", f"The unit's {called} is no code; it was left out.")
    elif len(codes) > 1:
        odd.add("unit-code-several", f"The unit has several values of {called}; none of them will be used to find it.")
    return codes.pop() if len(codes) == 1 else ""


def mail_of(entry: Entry, odd: Oddities) -> str:
    """The mail address. Of several the one named like the entry, else the one that sorts first: they stand in no
    promised order. What is no address is left out."""
    values = entry.all("mail")
    if not values:
        return ""
    good = sorted({mail for value in values if (mail := address(value))})
    if not good:
        odd.add("mail-unreadable", f"The {entry.called('mail')} is no address; it was left out.")
        return ""
    own = f"{odd.subject}@"
    return next((mail for mail in good if mail.startswith(own)), good[0])
