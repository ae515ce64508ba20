"""From rows of people to entries of the directory's own attributes, and from these to people. Pure.

What a spreadsheet does to numbers is undone only where one reading is possible (`Codes`), else it becomes a finding. A
registry or tax number goes from its cell into the entry and is hashed there at once (D-4).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from connectors.csv_export.columns import ATTRIBUTES, Columns
from connectors.csv_export.opened import Opened
from connectors.csv_export.rows import Row
from kypek_sync.contract import (
    ROLE_ATTRIBUTE,
    Entry,
    capitals,
    holds_personal_number,
    is_dressed_number,
    shape,
    unit_code,
    unit_id,
)
from kypek_sync.model import Finding, FindingLevel, LabelSource, Unit

SEVERAL = "|"
"""Between several values in one cell."""
_LABEL = re.compile(r"[a-z]+(?:-[a-z]+)?")
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_WHOLE = re.compile(r"(\d+)[.,]0+")
_DIGITS_OF_A_CODE = 7
_DIGITS_OF_A_NUMBER = 6
_NUMBER = "employeeNumber"
_DRESSED = "the login is a number with something around it, perhaps somebody's"

_KINDS = {
    **dict.fromkeys(("ΕΚΠΑΙΔΕΥΤΙΚΟΣ", "ΕΚΠΑΙΔΕΥΤΙΚΟΙ", "ΕΚΠΑΙΔΕΥΤΙΚΟ ΠΡΟΣΩΠΙΚΟ", "ΚΑΘΗΓΗΤΗΣ", "ΔΑΣΚΑΛΟΣ"), "Teacher"),
    **dict.fromkeys(("ΚΑΘΗΓΗΤΡΙΑ", "ΔΑΣΚΑΛΑ", "ΝΗΠΙΑΓΩΓΟΣ", "ΜΟΝΙΜΟΣ", "ΜΟΝΙΜΗ"), "Teacher"),
    **dict.fromkeys(("ΑΝΑΠΛΗΡΩΤΗΣ", "ΑΝΑΠΛΗΡΩΤΡΙΑ", "ΩΡΟΜΙΣΘΙΟΣ", "ΩΡΟΜΙΣΘΙΑ"), "Teacher"),
    **dict.fromkeys(("ΔΙΟΙΚΗΤΙΚΟΣ", "ΔΙΟΙΚΗΤΙΚΗ", "ΔΙΟΙΚΗΤΙΚΟ ΠΡΟΣΩΠΙΚΟ", "ΠΡΟΣΩΠΙΚΟ", "ΥΠΑΛΛΗΛΟΣ"), "Personel"),
    **dict.fromkeys(("ΜΑΘΗΤΗΣ", "ΜΑΘΗΤΡΙΑ"), "student"),
}
_STATES = {"ΝΑΙ": "active", "ΟΧΙ": "disabled"}
_ROLES = {
    **dict.fromkeys(("ΔΙΕΥΘΥΝΤΗΣ", "ΔΙΕΥΘΥΝΤΡΙΑ", "ΠΡΟΙΣΤΑΜΕΝΟΣ", "ΠΡΟΙΣΤΑΜΕΝΗ"), "school-principal"),
    **dict.fromkeys(("ΥΠΕΥΘΥΝΟΣ ΕΡΓΑΣΤΗΡΙΟΥ", "ΥΠΕΥΘΥΝΗ ΕΡΓΑΣΤΗΡΙΟΥ"), "itlab-responsible"),
}
_OF_UNITS = frozenset({"unit", "other_units"})
"""Fields of which more is to be told than their values."""
_SAID_OTHERWISE = frozenset({"kind", "status", "tax_number", "registry"})
"""Fields whose values people, or spreadsheets, write otherwise than the directory."""
_KIND_WORDS = {"teacher": "Teacher", "staff": "Personel"}


@dataclass(slots=True)
class Codes:
    """How unit codes were written in a whole file. `known` are those of the units' file, None without one; `named` its
    units by the shape of their name (empty: of several).

    Codes have seven digits, most begin with a zero (D-9), and a spreadsheet takes zeros away. They are given back only
    where that can be told: the padded code is one of the `known` and the bare one is none; or, without them, not one
    code of the whole column begins with a zero.
    """

    known: Mapping[str, str] | None = None
    zeros: bool = False
    named: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Codes:
        """Those of a units' file. A code of several units finds none of them, nor does a name."""
        by_code: dict[str, str] = {}
        by_name: dict[str, str] = {}
        for unit in units:
            for word, ids in ((unit.code, by_code), (shape(unit.name), by_name)):
                if word:
                    ids[word] = "" if ids.get(word, unit.id) != unit.id else unit.id
        return cls({code: id_ for code, id_ in by_code.items() if id_}, named=by_name)

    def met(self, text: str) -> None:
        """Take note of one more cell of the column."""
        self.zeros = self.zeros or any(part.strip().startswith("0") for part in text.split(SEVERAL))

    def read(self, text: str) -> str:
        """The code, empty when it cannot be told."""
        if _ROUNDED.fullmatch(text.replace(" ", "")):
            return ""
        whole = _WHOLE.fullmatch(text)
        code = unit_code(whole.group(1) if whole else text)
        padded = code.zfill(_DIGITS_OF_A_CODE)
        if not code.isdigit() or len(code) >= _DIGITS_OF_A_CODE or len(code) < _DIGITS_OF_A_CODE - 3:
            return code
        if self.known is not None:
            return code if code in self.known else padded if padded in self.known else code
        return "" if self.zeros else padded


@dataclass(frozen=True, slots=True)
class RowUnit:
    """A unit as a row of people names it."""

    id: str
    code: str
    name: str
    directorate: str
    label_source: LabelSource = LabelSource.COLUMN


@dataclass(slots=True)
class PersonRow:
    """All rows of one person that follow each other, as one entry: DN and values; `units` as they name them. `astray`:
    one of these is not in the units' file. `nobody` is why the row is nobody's (then it has no DN), as a clause."""

    line: int
    dn: str
    values: dict[str, list[bytes]] = field(repr=False)
    units: list[RowUnit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    astray: bool = False
    nobody: str = ""

    def entry(self, columns: Columns) -> Entry:
        """As an entry of the directory that calls its attributes as the file does."""
        return Entry.of(self.dn, self.values, columns.names)


def unit_dn(code: str, label: str) -> str:
    """The id of a unit that is known by its code: in the form of a DN, below its directorate where that is known."""
    return unit_id(f"gsnUnitCode={code},ou={label},ou=units" if label else f"gsnUnitCode={code},ou=units")


class PeopleRows:
    """Turns rows into entries. `kind` is what everybody is where no column tells, `label` the directorate of units
    whose row names none."""

    def __init__(self, columns: Columns, codes: Codes, kind: str, label: str) -> None:
        self._columns = columns
        self._codes = codes
        self._kind = _KIND_WORDS.get(kind, "")
        self._label = label
        places = columns.fields.items()
        self._numbers = [at for name, at in places if ATTRIBUTES.get(name) == _NUMBER]
        self._cells = [(at, ATTRIBUTES[name], name) for name, at in places if name in ATTRIBUTES.keys() - _OF_UNITS]
        self._cells += [(at, attribute, "") for attribute, at in columns.attributes.items()]

    def entries(self, opened: Opened) -> Iterator[PersonRow]:
        """One entry for each person: rows of one login that follow each other are one, the first unit the primary. Who
        the half row of a cut file may belong to is left out: a unit of theirs would be missing."""
        last: PersonRow | None = None
        for row in opened.whole_rows():
            one = self._entry(row)
            if last is not None and last.dn == one.dn and one.dn:
                _merge(last, one)
                continue
            if last is not None:
                yield last
            last = one
        if last is not None and not self._goes_on(last, opened.half):
            yield last

    def _goes_on(self, last: PersonRow, half: Row | None) -> bool:
        at = self._columns.fields["login"]
        if half is None or at >= len(half.cells):
            return half is not None
        login, own = half.cells[at].casefold(), last.values["uid"][0].decode().casefold() if last.dn else ""
        return own.startswith(login) if at == len(half.cells) - 1 else own == login

    def _entry(self, row: Row) -> PersonRow:
        login = self._cell(row, "login").casefold()
        if not login or is_dressed_number(login, {row.cells[at].replace(" ", "") for at in self._numbers}):
            return PersonRow(row.line, "", {}, nobody=_DRESSED if login else "the row has no login")
        escaped = re.sub(r'([,+"\\<>;=#])', r"\\\1", login)
        one = PersonRow(row.line, f"uid={escaped},ou=people", {})
        odd = _Odd(login, one)
        cells = row.cells
        for at, attribute, name in self._cells:
            if cells[at]:  # most are empty, and there are a country's
                parts = _parts(cells[at])
                odd.put(attribute, [self._said(name, part) for part in parts] if name in _SAID_OTHERWISE else parts)
        if "kind" not in self._columns and "umdObject" not in one.values:
            odd.put("umdObject", [self._kind])
        if "status" not in self._columns and "accountStatus" not in one.values:
            odd.put("accountStatus", ["active"])  # who stands in a register of those who serve, serves
        self._places(row, odd)
        return one

    def _places(self, row: Row, odd: _Odd) -> None:
        labelled = self._directorate(row, odd)
        code, names = _parts(self._cell(row, "unit")), _parts(self._cell(row, "unit_name"))
        primary = self._units(code, labelled, names, odd) if code else self._units_by_name(names, odd)
        odd.put("l", primary)
        others = self._units(_parts(self._cell(row, "other_units")), labelled, [], odd, "other_units")
        odd.put("eduPersonOrgUnitDN", others)
        for word in _parts(self._cell(row, "role")):
            role = _ROLES.get(capitals(word))
            if role is None:
                odd.add("role-unnamed", f"The {self._columns.heading('role')} is not known; it was left out.")
            elif primary:
                odd.put(f"{ROLE_ATTRIBUTE};{role}", primary[:1])

    def _directorate(self, row: Row, odd: _Odd) -> tuple[str, LabelSource]:
        label = self._cell(row, "directorate").lower()
        if label and not _LABEL.fullmatch(label):
            column = self._columns.heading("directorate")
            odd.add("unit-directorate-unknown", f"The {column} is no label of a directorate (att-a).")
            return "", LabelSource.COLUMN
        return (label, LabelSource.COLUMN) if label else (self._label, LabelSource.SETTINGS)

    def _units(
        self, texts: list[str], labelled: tuple[str, LabelSource], names: list[str], odd: _Odd, field: str = "unit"
    ) -> list[str]:
        """The ids of units that are told by their codes or DNs; where there are as many `names`, each has its own."""
        found, (label, source) = [], labelled
        own = {number.decode().replace(" ", "") for number in odd.row.values.get(_NUMBER, ())}
        called = dict(zip(texts, names, strict=False)) if len(names) in (1, len(texts)) else {}
        for text in texts:
            if "=" in text:  # a DN, as the directory has it
                found.append(text)
                continue
            code, known = self._codes.read(text), self._codes.known or {}
            if code not in known and shape(text) in self._codes.named:
                found += self._units_by_name([text], odd, field)
                continue
            if not code or own & {code, text.replace(" ", "")} or (code not in known and self._is_somebodys(code, own)):
                column = self._columns.heading(field)
                odd.add("unit-code-unreadable", f"The {column} is no code of a unit, or a spreadsheet damaged it.")
                continue
            odd.row.astray |= self._codes.known is not None and code not in known
            id_ = known.get(code) or unit_dn(code, label)
            odd.row.units.append(RowUnit(id_, code, called.get(text, ""), label, source))
            found.append(id_)
        return found

    def _is_somebodys(self, code: str, own: Collection[str]) -> bool:
        """Whether a code that no units' file knows may be a number of the row's person, which is never kept in clear
        (D-4): in whatever dress, or one that has left its own column to something else."""
        if holds_personal_number(code):
            return True
        moved = bool(own) and not any(part.strip("?").isdigit() for part in own)
        return moved and code.isdigit() and len(code.lstrip("0")) == _DIGITS_OF_A_NUMBER

    def _units_by_name(self, names: list[str], odd: _Odd, field: str = "unit_name") -> list[str]:
        """The ids of units that are told by their names alone: each name must be one unit's of the units' file,
        whatever its case, accents and spaces."""
        found, column = [], self._columns.heading(field)
        for name in names:
            id_ = self._codes.named.get(shape(name))
            if id_:
                found.append(id_)
            elif id_ is not None:
                odd.add("unit-name-shared", f"The {column} is the name of several units; write the unit's code.")
            elif self._codes.known is None:
                odd.add("unit-name-unknown", f"The {column} names a unit, and no `units_file` says which one it is.")
            else:
                odd.row.astray = True
                odd.add("unit-name-unknown", f"The {column} is the name of no unit of the units' file.")
        return found

    def _said(self, name: str, text: str) -> str:
        if name == "kind":
            return _KINDS.get(capitals(text), text)
        if name == "status":
            return _STATES.get(capitals(text), text)
        if name == "tax_number":
            return tax_number(text)
        return match.group(1) if name == "registry" and (match := _WHOLE.fullmatch(text)) else text

    def _cell(self, row: Row, name: str) -> str:
        at = self._columns.fields.get(name)
        return row.cells[at] if at is not None else ""


class _Odd:
    """An entry in the making."""

    def __init__(self, login: str, row: PersonRow) -> None:
        self.row = row
        self._login = login

    def add(self, code: str, text: str) -> None:
        self.row.findings.append(Finding(self._login or "?", code, text, FindingLevel.WARNING))

    def put(self, attribute: str, texts: list[str]) -> None:
        if values := [text.encode() for text in texts if text]:
            self.row.values.setdefault(attribute, []).extend(values)


def tax_number(text: str) -> str:
    """A tax number. Zeros that a spreadsheet took away from its front are given back where its last digit, which is a
    check of the others, agrees."""
    whole = _WHOLE.fullmatch(text)
    digits = whole.group(1) if whole else text.replace(" ", "")
    if not re.fullmatch(r"[0-9]{6,8}", digits):
        return digits if whole else text
    padded = digits.zfill(9)
    checked = sum(int(digit) << (8 - place) for place, digit in enumerate(padded[:8])) % 11 % 10
    return padded if checked == int(padded[8]) else f"{digits}?"  # never taken for a registry number of six digits


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(SEVERAL)] if SEVERAL in cell else [cell] if cell else []


def _merge(first: PersonRow, more: PersonRow) -> None:
    """One more row of the same person: its units come after the first one's, its other values beside them."""
    for attribute, values in more.values.items():
        target = "eduPersonOrgUnitDN" if attribute == "l" and "l" in first.values else attribute
        own = first.values.setdefault(target, [])
        own += [value for value in values if value not in own]
    first.units += more.units
    first.astray |= more.astray
    first.findings += [finding for finding in more.findings if finding not in first.findings]
