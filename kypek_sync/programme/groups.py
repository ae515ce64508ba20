"""Groups of people as a programme names them: «ΠΕ86, ΠΕ04», «νέοι», «απομακρυσμένα σχολεία», «Γυμνάσια + ΠΕ86».

The words are those of the columns of the audience. A comma, «ή» or «και» parts several kinds of people, any of which is
meant; a plus stands between what must all be met. Besides there are newcomers (who had no seat in an earlier edition)
and remote schools (the units and directorates that the settings name so).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kypek_sync.model import Audience, Group, Trait
from kypek_sync.programme.audience import LEVELS, ROLES, UNIT_KINDS, read_directorates, read_words
from kypek_sync.programme.calendar import Doubt
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import greek_capitals, nearest, squeeze
from kypek_sync.programme.rows import RowReader
from kypek_sync.programme.schools import read_units
from kypek_sync.programme.specialties import read_specialties

NEWCOMERS = ("νέοι", "νέες", "νέοι/ες", "νέοι/νέες", "πρώτη φορά", "πρώτη συμμετοχή", "όσοι έρχονται πρώτη φορά")
REMOTE = ("απομακρυσμένα", "απομακρυσμένα σχολεία", "απομακρυσμένες μονάδες", "δυσπρόσιτα", "δυσπρόσιτα σχολεία")

_NEW = {squeeze(word) for word in (*NEWCOMERS, "newcomers", "first-time")}
_REMOTE = {squeeze(word) for word in (*REMOTE, "remote")}
_ANY = re.compile(r"\s*,\s*|\s+(?:και|ή|or)\s+", re.IGNORECASE)
_STEP = re.compile(r"[;\n·>]")
_FIRST = re.compile(r"(?:\d{1,2}\s*[.)]\s*|(?:πρώτα|μετά|έπειτα|ύστερα|τέλος|και\s+μετά)\s*:?\s+|:\s*)+", re.IGNORECASE)
_CODE = re.compile(r"(?:ΠΕ|ΡΕ|ΤΕ|ΔΕ|DΕ)\s*\.?\s*\d")
LONGEST = 120


def read_priority(reader: RowReader) -> tuple[Group, ...]:
    """The groups of the column of priorities, in their order: one on a line, or parted by «·» or a semicolon; «πρώτα»,
    «μετά» and numbers in front are set aside."""
    found: dict[str, Group] = {}
    for words in _steps(reader.text(Field.PRIORITY)):
        if (group := read_group(reader, Field.PRIORITY, words)) is not None:
            found.setdefault(squeeze(words), group)
    return tuple(found.values())


def read_group(reader: RowReader, column: Field, words: str) -> Group | None:
    """One group; None where some of it was noted."""
    if len(words) > LONGEST:
        reader.note("group-long", column, value=words[:60], most=str(LONGEST))
        return None
    traits = [_trait(reader, column, piece) for piece in _ANY.split(words) if piece.strip()]
    known = tuple(trait for many in traits for trait in many or ())
    return Group(words, known) if traits and all(traits) else None


def _steps(text: str) -> Iterator[str]:
    for piece in _STEP.split(text):
        words = _FIRST.sub("", " ".join(piece.split()), count=1) if _FIRST.match(piece.strip()) else piece
        if words := " ".join(words.split()).strip(" :"):
            yield words


def _trait(reader: RowReader, column: Field, piece: str) -> tuple[Trait, ...]:
    """The ways to be of one kind of people: one, or one for each of the remote units; empty where it was noted."""
    ways: tuple[Trait, ...] = (Trait(),)
    for word in filter(None, (one.strip() for one in piece.split("+"))):
        if squeeze(word) in _NEW:
            ways = tuple(Trait(one.audience, newcomer=True) for one in ways)
            continue
        remote = squeeze(word) in _REMOTE
        choices = [_audience(reader, column, one) for one in reader.ground.remote] if remote else []
        if remote and not choices:
            reader.note("remote-unnamed", column, value=word[:60])
        known = [one for one in (choices if remote else [_audience(reader, column, word)]) if one is not None]
        joined = [_both(way, one) for way in ways for one in known]
        ways = tuple(one for one in joined if one is not None)
        if known and not ways:
            reader.note("group-twice", column, value=piece[:60])
        if not ways:
            break
    return ways


def _both(way: Trait, more: Audience) -> Trait | None:
    """A way that meets another criterion too; None where it has that criterion already."""
    names = ("specialties", "directorates", "unit_kinds", "units", "roles")
    if any(getattr(way.audience, name) and getattr(more, name) for name in names):
        return None
    values = {name: getattr(way.audience, name) or getattr(more, name) for name in names}
    return Trait(Audience(**values), way.newcomer)


def _audience(reader: RowReader, column: Field, word: str) -> Audience | None:
    """What one word names: a specialty, a kind of unit, a role, a directorate or a school; None where it was noted."""
    specialties, doubts = read_specialties(word, reader.ground.specialties)
    if specialties or _CODE.match(greek_capitals(word)):
        reader.doubts(doubts, column)
        return Audience(specialties=specialties) if specialties else None
    kinds, unknown_kind = read_words(word, UNIT_KINDS, "", LEVELS)
    roles, unknown_role = read_words(word, ROLES, "")
    directorates, unknown_directorate = read_directorates(word)
    for audience in (Audience(unit_kinds=kinds), Audience(roles=roles), Audience(directorates=directorates)):
        if audience != Audience():
            return audience
    if reader.ground.schools is not None or any(letter.isdigit() for letter in word):
        units, _ = read_units(word, reader.ground.schools)
        if units:
            return Audience(units=units)
    near = next((d.values["suggestion"] for d in (*unknown_kind, *unknown_role) if d.values["suggestion"]), "")
    near = near or nearest(word, (*NEWCOMERS, *REMOTE)) or _suggested(unknown_directorate)
    reader.note("group-unknown", column, value=word[:60], suggestion=near)
    return None


def _suggested(doubts: list[Doubt]) -> str:
    return next((doubt.values["suggestion"] for doubt in doubts), "")
