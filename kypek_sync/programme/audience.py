"""Words that say whom a seminar is for: directorates, kinds of unit, roles."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from kypek_sync.programme.calendar import Doubt
from kypek_sync.programme.letters import fold, nearest, squeeze

# Labels as they stand in the names of units of the directory (facts on the directory, 3.6).
UNIT_KINDS: dict[str, tuple[str, ...]] = {
    "nip": ("Νηπιαγωγείο", "Νηπιαγωγεία"),
    "dim": ("Δημοτικό", "Δημοτικά", "Δημοτικό σχολείο", "Δημοτικά σχολεία"),
    "gym": ("Γυμνάσιο", "Γυμνάσια"),
    "lyk": ("Λύκειο", "Λύκεια", "ΓΕΛ", "Γενικό Λύκειο", "Γενικά Λύκεια"),
    "epal": ("ΕΠΑΛ", "Επαγγελματικό Λύκειο", "Επαγγελματικά Λύκεια"),
    "ek": ("ΕΚ", "Εργαστηριακό Κέντρο", "Εργαστηριακά Κέντρα"),
    "eeeek": ("ΕΕΕΕΚ", "Εργαστήριο Ειδικής Επαγγελματικής Εκπαίδευσης"),
    "directorate": ("Διεύθυνση Εκπαίδευσης", "Διευθύνσεις Εκπαίδευσης"),
    "office": ("Γραφείο", "Γραφεία", "Υπηρεσία", "offices"),
    "library": ("Βιβλιοθήκη", "Βιβλιοθήκες", "Σχολική βιβλιοθήκη", "libraries"),
}

# What a column «Βαθμίδα» says: all kinds of school of that level.
LEVELS: dict[str, tuple[str, ...]] = {
    "Πρωτοβάθμια": ("nip", "dim"),
    "Πρωτοβάθμια Εκπαίδευση": ("nip", "dim"),
    "Δευτεροβάθμια": ("gym", "lyk", "epal", "ek"),
    "Δευτεροβάθμια Εκπαίδευση": ("gym", "lyk", "epal", "ek"),
}

# Options of gsnUserRoleOn (D-3), and groups of a directorate (D-12).
ROLES: dict[str, tuple[str, ...]] = {
    "school-principal": (
        "Διευθυντής",
        "Διευθύντρια",
        "Διευθυντές",
        "Διευθυντές/ντριες",
        "Διευθυντής/ντρια",
        "Διευθυντής σχολείου",
        "Διευθυντές σχολείων",
        "Προϊστάμενος",
        "Προϊσταμένη",
        "Προϊστάμενοι",
    ),
    "itlab-responsible": (
        "Υπεύθυνος εργαστηρίου πληροφορικής",
        "Υπεύθυνη εργαστηρίου πληροφορικής",
        "Υπεύθυνοι εργαστηρίων πληροφορικής",
        "Υπεύθυνος ΣΕΠΕΗΥ",
        "Υπεύθυνοι ΣΕΠΕΗΥ",
        "ΣΕΠΕΗΥ",
    ),
    "itsector-responsible": ("Υπεύθυνος τομέα πληροφορικής", "Υπεύθυνοι τομέα πληροφορικής", "Τομεάρχης πληροφορικής"),
    "ypepth-personnel": ("Προσωπικό υπουργείου",),
    "plinet": ("ΠΛΗΝΕΤ", "Μέλος ΠΛΗΝΕΤ", "Μέλη ΠΛΗΝΕΤ"),
    "keplinet": ("ΚΕΠΛΗΝΕΤ", "Μέλος ΚΕΠΛΗΝΕΤ", "Μέλη ΚΕΠΛΗΝΕΤ"),
}

_ALL = {squeeze(w) for w in ("όλες", "όλα", "όλοι", "όλες οι διευθύνσεις", "όλα τα σχολεία", "all", "-")}
_SEPARATOR = re.compile(r"[,;\n]|\s+και\s+|\s&\s")
_PRIMARY = re.compile(r"\b(?:δ\.?π\.?ε|δι\.?π\.?ε|π\.?ε|π/θμιασ|α/θμιασ|πρωτοβαθμιασ?)\b\.?")
_SECONDARY = re.compile(r"\b(?:δ\.?δ\.?ε|δι\.?δ\.?ε|δ\.?ε|δ/θμιασ|β/θμιασ|δευτεροβαθμιασ?)\b\.?")
_NOISE = re.compile(r"\b(?:δ/νσ(?:η|εισ)|διευθυνσ(?:η|εισ|ησ)|εκπαιδευσ(?:η|ησ|εωσ)|εκπ/σησ|εκπ|νομου|ν|τησ|του)\b\.?")
_ENDING = re.compile(r"(?:ιδων|ιδεσ|αδων|αδεσ|ασ|ησ|ων|ου|οσ|εσ|οι|α|η|ο|ν)\Z")


def pieces(text: str) -> list[str]:
    """The values of a cell that may have several, separated by comma, semicolon, new line or «και»."""
    return [piece for p in _SEPARATOR.split(text) if (piece := p.strip())]


def _stems(name: str) -> frozenset[str]:
    """The words of a place's name without their endings, so that every case of it is the same."""
    words = re.findall(r"\w+", fold(name))
    return frozenset(w if len(w) < 4 else _ENDING.sub("", w) for w in words)


@cache
def _labels() -> dict[frozenset[str], str]:
    entries = json.loads((files("kypek_sync") / "directorates.json").read_text("utf-8"))
    return {_stems(entry["name"]): str(entry["parent_rdn"]) for entry in entries}


@cache
def directorate_names() -> dict[str, str]:
    """Label → Greek name of the 58 directorate pairs."""
    entries = json.loads((files("kypek_sync") / "directorates.json").read_text("utf-8"))
    return {str(entry["parent_rdn"]): str(entry["name"]) for entry in entries}


@lru_cache(maxsize=500)
def _near(name: str) -> str:
    """The directorate most like this one. Remembered: people repeat a mistake down a whole column."""
    names = {squeeze(n): n for n in directorate_names().values()} | {squeeze(n): n for n in directorate_names()}
    return nearest(name, names)


def _directorate(piece: str) -> str:
    label, _, level = piece.partition("/")
    bare = fold(label).strip()
    if bare in directorate_names() and not level:
        return bare
    if bare in directorate_names() and squeeze(level) in (squeeze("ΠΕ"), squeeze("ΔΕ"), "pe", "de"):
        return f"{bare}/{'ΠΕ' if squeeze(level)[:1] in 'πp' else 'ΔΕ'}"
    folded = fold(piece)
    primary, secondary = bool(_PRIMARY.search(folded)), bool(_SECONDARY.search(folded))
    rest = _NOISE.sub(" ", _SECONDARY.sub(" ", _PRIMARY.sub(" ", folded)))
    for known in re.findall(r"[a-z]+(?:-[a-z]+)?", rest):
        if known in directorate_names():
            rest = directorate_names()[known]
    found = _labels().get(_stems(rest))
    if not found:
        raise Doubt("directorate-unknown", value=piece[:60], suggestion=_near(rest.strip() or piece))
    level = "" if primary == secondary else "/ΠΕ" if primary else "/ΔΕ"
    return found + level


def read_directorates(text: str) -> tuple[tuple[str, ...], list[Doubt]]:
    """Labels (`att-a`, `att-a/ΔΕ`) of the directorates that a cell names by label or in Greek, and what could not be
    read (`directorate-unknown`)."""
    if squeeze(text) in _ALL:
        return (), []
    labels: dict[str, None] = {}
    doubts: list[Doubt] = []
    for piece in pieces(text):
        try:
            labels[_directorate(piece)] = None
        except Doubt as doubt:
            doubts.append(doubt)
    return tuple(labels), doubts


def read_words(
    text: str, table: dict[str, tuple[str, ...]], doubt: str, several: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[tuple[str, ...], list[Doubt]]:
    """The keys of `table` that a cell names by key or by one of their words; `several` are words that stand for several
    keys; `doubt` is the mistake for another word."""
    if squeeze(text) in _ALL:
        return (), []
    forms: dict[str, tuple[str, ...]] = {
        squeeze(form): (key,) for key, words in table.items() for form in (key, *words)
    }
    forms |= {squeeze(form): keys for form, keys in (several or {}).items()}
    first = {squeeze(form): words[0] for words in table.values() for form in words}
    found: dict[str, None] = {}
    doubts: list[Doubt] = []
    for piece in pieces(text):
        if keys := forms.get(squeeze(piece)):
            found |= dict.fromkeys(keys)
        else:
            known = ", ".join(words[0] for words in table.values())
            doubts.append(Doubt(doubt, value=piece[:60], known=known, suggestion=nearest(piece, first)))
    return tuple(found), doubts
