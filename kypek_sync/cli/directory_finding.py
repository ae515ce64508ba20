"""`directory find WORDS` and `directory unit CODE`: people and units, looked for by the database."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.switching_words as switching_words
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.directory_choice import LEVELS, MOST, Json, Kypek, directories, finding_plain, person_row
from kypek_sync.cli.directory_person import plain
from kypek_sync.cli.foreign_words import finding_word, worded
from kypek_sync.cli.tables import table, when
from kypek_sync.cli.unit_words import served_words
from kypek_sync.ledger import findings, persons, searching
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.findings import Found
from kypek_sync.ledger.people import Known
from kypek_sync.model import Unit
from kypek_sync.seminar.audience_words import kind_word
from kypek_sync.seminar.serving import place
from kypek_sync.sync.directory.serving import land
from kypek_sync.sync.directory.unread import Unread, unread

STAFF = 1000
"""People of one unit who are shown; no school has so many."""


def find(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="Parts of names, logins, specialties, schools; all must match.")],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """People and units whose name, login, specialty, unit or code hold all these words."""
    its = shared.of(context)
    people: list[tuple[Known, str]] = []
    places: list[Unit] = []
    elsewhere: list[Unread] = []
    looked: set[str] = set()
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        for named in directories(its, inst, kypek):
            waits = unread(connection, inst, named)
            elsewhere += [waits] if waits is not None else []
            source = waits.source if waits is not None else named
            if source in looked:  # of another KYPEK of these settings still
                continue
            looked.add(source)
            those = searching.find_persons(connection, source, words, MOST + 1)
            units = persons.units_of(connection, source, [known.person for known in those])
            people += [(one, next((units[u].name for u in one.person.units if u in units), "")) for one in those]
            places += searching.find_units(connection, source, words, MOST + 1)
    more = len(people) > MOST or len(places) > MOST
    del people[MOST:], places[MOST:]
    if as_json:
        shown = [plain(known) for known, _ in people]
        its.json({"people": shown, "units": [dump(unit) for unit in places], "more": more} | _elsewhere(elsewhere))
        return
    told = [switching_words.unread_line(one, its.text) for one in elsewhere]
    if not people and not places:
        nobody = its.text("Nobody and nothing in the directory has all of: %(words)s", words=" ".join(words))
        if any(one.before for one in elsewhere):
            told.append(its.text("Nobody and nothing there has all of: %(words)s", words=" ".join(words)))
        raise Said("\n".join(told) if told else nobody)
    for sentence in told:
        its.out.print(sentence, markup=False)
    if people:
        headings = ("Login", "Surname", "Name", "Kind", "Specialty", "Unit")
        its.out.print(table(headings, [person_row(known, unit, its.text) for known, unit in people], its.text))
    if places:
        found = [(unit.code, unit.name, unit.level, unit.directorate, unit.mail) for unit in places]
        its.out.print(table(("Code", "Unit", "School level", "Directorate", "E-mail"), found, its.text))
    if more:
        its.out.print(its.text("… and there are more: add another word."))


def _elsewhere(those: list[Unread]) -> dict[str, list[dict[str, Any]]]:
    return {"unread": [switching_words.unread_plain(one) for one in those]} if those else {}


def unit(
    context: typer.Context,
    code: Annotated[
        str, typer.Argument(help="Its code, its code in the register of units, or its address (DN) or a part of it.")
    ],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """One unit, what is odd about it, and the people who serve there."""
    its, wanted = shared.of(context), code.strip()
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        sources = directories(its, inst, kypek)
        found = [
            (source, one) for source in sources for one in searching.units_called(connection, source, wanted, MOST + 1)
        ]
        if not found:
            like = choosing.meant(its.text, wanted, searching.similar_codes(connection, sources, wanted))
            raise Said(its.text("No unit has the code or address %(code)s", code=wanted) + (like or _how(its)))
        whole = len(found) == 1 or any(wanted in searching.codes(one) for _, one in found)
        staff = [searching.serving(connection, source, one.id, STAFF) if whole else [] for source, one in found]
        odd = [findings.about(connection, source, [one.id]) for source, one in found]
        where = [place(one, land(connection, inst, source, [one])) for source, one in found]
    if as_json:
        facts = zip(found, staff, odd, where, strict=True)
        its.json(
            [
                dump(one)
                | ({"people": [known.person.login for known in those]} if whole else {})
                | {"findings": [finding_plain(each) for each in told]}
                | {"kypek": placed.kypek, "way": placed.way.value}
                for (_, one), those, told, placed in facts
            ]
        )
    elif whole:
        for (_, one), those, told, placed in zip(found, staff, odd, where, strict=True):
            _show(its, one, told)
            its.out.print("  " + served_words(placed, its.text), markup=False)
            _staff(its, those)
    else:
        rows = [(one.code, one.name, one.level, one.directorate, one.id) for _, one in found[:MOST]]
        its.out.print(table(("Code", "Unit", "School level", "Directorate", "Address"), rows, its.text))
        if len(found) > MOST:
            its.out.print(its.text("… and there are more: write a longer part of the address."))


def _show(its: Context, one: Unit, told: list[Found]) -> None:
    text = its.text
    facts = (kind_word(one.kind, text), one.level, one.directorate, one.mail, "" if one.active else text("not active"))
    its.out.print(f"{one.code or '–'} · {one.name}: {', '.join(fact for fact in facts if fact)}", markup=False)
    if one.registry_code:
        its.out.print("  " + text("in the register of units under %(code)s", code=one.registry_code), markup=False)
    its.out.print("  " + one.id, markup=False)
    for each in told:
        level, word = text(LEVELS[each.finding.level]), finding_word(each.finding.code, text)
        sentence = worded(each.finding.text, text)
        its.out.print(f"  {level}, {word} ({when(each.first_seen)}): {sentence}", markup=False)


def _staff(its: Context, those: list[Known]) -> None:
    text = its.text
    if not those:
        its.out.print("  " + text("Nobody serves there."))
        return
    headings = ("Login", "Surname", "Name", "Kind", "Specialty")
    its.out.print(table(headings, [person_row(known, "", text)[:-1] for known in those], text))


def _how(its: Context) -> str:
    """What to do where no unit is even like what was typed."""
    return ". " + its.text("`kypek-sync directory find` looks for units too, by name or code.")
