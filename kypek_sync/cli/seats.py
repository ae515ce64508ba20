"""`seats list|export CODE`: the applications of a seminar with their seats, for the screen or a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.seat_approving as seat_approving
import kypek_sync.cli.seat_rulings as seat_rulings
import kypek_sync.cli.seats_books as seats_books
import kypek_sync.cli.seats_import as seats_import
import kypek_sync.cli.seats_lowering as seats_lowering
import kypek_sync.cli.seats_pages as seats_pages
from kypek_sync.cli.seats_pages import Named, Page
from kypek_sync.cli.system_words import unwritable
from kypek_sync.cli.tables import table, when
from kypek_sync.language import Text
from kypek_sync.ledger import persons, programmes
from kypek_sync.ledger import seats as ledger
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.identity_answers import answers
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Person, Seat, SeatState
from kypek_sync.programme.marking import safely
from kypek_sync.seminar.reasons import reason, state_word
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.lowering import excess

seats = typer.Typer(no_args_is_help=True, help="The seats of a seminar.")

COLUMNS = ("Waiting place", "Surname", "Name", "Login", "Specialty", "Unit", "Seat", "Applied", "Why")
ORDER = (
    *(SeatState.GRANTED, SeatState.OFFERED, SeatState.UNDER_APPROVAL, SeatState.WAITING),
    *(SeatState.UNDER_REVIEW, SeatState.UNDER_IDENTIFICATION),
    *(SeatState.REFUSED, SeatState.WITHDRAWN),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""

Code = Annotated[str, typer.Argument(help="The seminar's code.")]
Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")]


@dataclass(frozen=True, slots=True)
class Seated:
    """A decided application with the person; `person` is None while the directory does not know the login, then `name`
    is what the platform shows. `doubted`: it is not sure that this person is who applied under the login. `part` is
    what people call the part of the seminar that the seat is for. `former`: by our records it was who had the login
    before that applied; neither is named."""

    seat: Seat
    person: Person | None
    unit: str
    name: str
    doubted: bool = False
    part: str = ""
    former: bool = False

    def cells(self, text: Text, *, parts: bool = False) -> tuple[str, ...]:
        """The row of this application, in the order of `columns`."""
        person = self.person
        return (
            str(self.seat.place or ""),
            text("(the login's former holder)") if self.former else person.surname if person else "",
            person.given_name if person else self.name,
            self.seat.login,
            ", ".join(person.specialties) if person else "",
            self.unit,
            self._state(text),
            when(self.seat.applied_at),
            reason(self.seat, text),
            *((self.part,) if parts else ()),
        )

    def _state(self, text: Text) -> str:
        state = state_word(self.seat.state, text)
        return text("%(state)s (in doubt: perhaps another person's)", state=state) if self.doubted else state

    def plain(self) -> dict[str, Any]:
        """For machines."""
        shown: dict[str, Any] = dump(self.seat)
        return shown | {
            "name": self.person.name if self.person else self.name,
            "unit": self.unit,
            "in_doubt": self.doubted,
            "former_holder": self.former,
            "part_name": self.part,
        }


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    seat_rulings.add_to(seats)
    seat_approving.add_to(seats)
    seats_import.add_to(seats)
    seats_lowering.add_to(seats)
    app.add_typer(seats, name="seats")


@seats.command("list")
def list_seats(
    context: typer.Context,
    code: Code,
    kypek: Kypek = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Who applied, in the order of the list, and what became of it."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        offering = choosing.seminar(its, inst, connection, code, kypek)
        found = seated(connection, inst, offering.kypek, code)
        above = list(excess(connection, inst, offering.kypek, [offering.seminar]))
    if as_json:
        its.json([one.plain() for one in found])
    elif not found:
        its.out.print(its.text("Nobody has applied for %(code)s yet.", code=code))
    else:
        its.out.print(seats_table(found, its.text))
        for one in above:
            its.out.print(one.line(its.text), markup=False)


@seats.command()
def export(
    context: typer.Context,
    code: Code,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .xlsx, .ods or .csv.")],
    kypek: Kypek = None,
) -> None:
    """The same list as a spreadsheet, with lists of those who have a seat to print and have signed (not in csv)."""
    its = shared.of(context)
    kind = output.suffix.lower()
    if kind not in (".xlsx", ".ods", ".csv"):
        problem = its.text("%(file)s must end in .xlsx, .ods or .csv", file=output)
        raise typer.BadParameter(problem, param_hint="--output")
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        offering = choosing.seminar(its, inst, connection, code, kypek)
        found = seated(connection, inst, offering.kypek, code)
        to_sign = _to_sign(connection, inst, offering, found, its.text)
    rows = [one.cells(its.text, parts=_in_parts(found)) for one in found]
    headings = tuple(its.text(word) for word in columns(found))
    if kind == ".csv":
        content = _csv(headings, rows)
    else:
        pages = [*to_sign, seats_pages.applications(code, headings, rows)]
        content = seats_books.xlsx(pages) if kind == ".xlsx" else seats_books.ods(pages)
    try:
        safely(output, content)
    except OSError as error:
        raise unwritable(output, error, its.text) from error
    its.out.print(
        its.text("%(count)s applications of %(code)s are in %(file)s.", count=len(rows), code=code, file=output)
    )


def seated(connection: Connection, inst: Installation, kypek: str, code: str) -> list[Seated]:
    """The applications of a seminar: those with a seat by name, those who wait by place, then the rest."""
    directory = inst.kypek(kypek).directory
    names = ledger.names(connection, kypek)
    decided = ledger.decided(connection, kypek, code).get(code, {})
    known = persons.persons(connection, directory, decided, gone_too=True) if directory else {}
    people = {login: one.person for login, one in known.items()}
    units = persons.units_of(connection, directory, people.values())
    seminar = programmes.in_force(connection, kypek)[code].seminar
    told = answers(connection, directory, decided.keys(), inst.sharing(directory)) if directory else {}
    doubted = {login for login, answer in told.items() if answer is None}
    found = []
    for seat in decided.values():
        person = people.get(seat.login)
        former = bool(seat.person and person) and known[seat.login].id != seat.person
        person = None if former else person
        unit = next((units[u].name for u in person.units if u in units), "") if person else ""
        part = seminar.part_name(seat.part)
        name = "" if former else names.get((code, seat.login), "")
        found.append(Seated(seat, person, unit, name, seat.login in doubted, part, former))
    return sorted(found, key=_order)


def seats_table(found: Sequence[Seated], text: Text) -> Table:
    """The list for the screen."""
    return table(columns(found), [one.cells(text, parts=_in_parts(found)) for one in found], text)


def columns(found: Sequence[Seated]) -> tuple[str, ...]:
    """The headings of the list; the part where the seminar has several."""
    return (*COLUMNS, "Part") if _in_parts(found) else COLUMNS


def _in_parts(found: Sequence[Seated]) -> bool:
    return any(one.part for one in found)


def _order(one: Seated) -> tuple[int, int, str, str]:
    surname = one.person.surname if one.person else one.name
    return ORDER.index(one.seat.state), one.seat.place, surname, one.seat.login


def _to_sign(
    connection: Connection, inst: Installation, offering: Offering, found: Sequence[Seated], text: Text
) -> list[Page]:
    """The pages on which those with a seat sign, by name within each part."""
    seminar = offering.seminar
    teach = {one.login for one in seminar.trainers if one.login}
    directory = inst.kypek(offering.kypek).directory
    known = persons.persons(connection, directory, teach) if directory and teach else {}
    trainers = {one: known[one.login].person.name for one in seminar.trainers if one.login in known}
    by_part: dict[str, list[Named]] = {}
    for one in found:
        if one.seat.state is SeatState.GRANTED:
            _, surname, name, _, specialties, unit, *_ = one.cells(text)
            part = one.seat.part if seminar.parts else ""
            by_part.setdefault(part, []).append(Named(surname, name, specialties, unit))
    return list(seats_pages.to_sign(seminar, inst.kypek(offering.kypek).name, by_part, trainers, text))


def _csv(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    """Semicolons and a mark in front, as a Greek spreadsheet expects; nothing in it can run as a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";")
    writer.writerow(headings)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")
