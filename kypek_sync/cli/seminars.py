"""`seminars` and `seminar CODE`: what is offered, where it is taught, who has a seat and who waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.pausing import pause_line
from kypek_sync.cli.seats import Seated, seated, seats_table
from kypek_sync.cli.tables import table, when
from kypek_sync.contract import part_of, seminar_of
from kypek_sync.language import Text
from kypek_sync.ledger import bindings, pauses, persons, programmes, seats
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.programmes import Offering
from kypek_sync.model import Form, Seat, SeatState, Seminar, Session, Status, local
from kypek_sync.seminar.audience_words import SEPARATOR, said
from kypek_sync.seminar.choosing_words import choosing_lines
from kypek_sync.seminar.outgrown import outgrown
from kypek_sync.seminar.reasons import reason
from kypek_sync.sync.directory.serving import settled

FORMS = {Form.IN_PERSON: "in person", Form.ONLINE: "online", Form.BLENDED: "blended"}

COUNTED = {
    SeatState.GRANTED: "granted",
    SeatState.OFFERED: "offered",
    SeatState.UNDER_APPROVAL: "waiting for approval",
    SeatState.WAITING: "waiting",
    SeatState.REFUSED: "refused",
    SeatState.UNDER_REVIEW: "under review",
    SeatState.UNDER_IDENTIFICATION: "being identified",
    SeatState.WITHDRAWN: "withdrawn",
}

LISTS = {
    SeatState.GRANTED: "Have a seat:",
    SeatState.OFFERED: "Are offered a seat:",
    SeatState.UNDER_APPROVAL: "Wait for approval (`kypek-sync seats approve`):",
    SeatState.WAITING: "On the waiting list:",
}

AUDIENCE = {
    "specialties": "For specialties: %(values)s",
    "directorates": "For directorates: %(values)s",
    "unit_kinds": "For units of the kinds: %(values)s",
    "units": "For units: %(values)s",
    "roles": "For roles: %(values)s",
    "people": "Admitted by name: %(values)s",
}
"""How each criterion of an audience is told."""

RULE_OF = {"directorates": "directorate", "unit_kinds": "unit-kind", "roles": "role"}
"""The criteria whose values have words of their own, by the rule of their verdict."""

Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    app.command("seminars")(list_seminars)
    app.command("seminar")(show_seminar)


def list_seminars(context: typer.Context, kypek: Kypek = None, as_json: Json = False) -> None:
    """Every seminar in force and every draft, with its first session and how full it is."""
    its = shared.of(context)
    rows: list[tuple[object, ...]] = []
    plain: list[dict[str, Any]] = []
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        for one in choosing.kypeks(its, inst, kypek):
            decided = seats.decided(connection, one)
            for code, offering in programmes.in_force(connection, one).items():
                mine = decided.get(code, {})
                rows.append(_row(offering, mine, its.text))
                plain.append(_plain(offering) | {"seats": _counts(mine)})
    if as_json:
        its.json(plain)
    elif not rows:
        its.out.print(its.text("There are no seminars yet. They come from the programmes at `kypek-sync sync`."))
    else:
        headings = ("Seminar", "Title", "KYPEK", "Structure", "First session", "Seats", "Granted", "Waiting", "State")
        its.out.print(table(headings, rows, its.text))


def show_seminar(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The seminar's code.")],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """One seminar: facts, sessions, source row, courses, seats, and who has one or waits."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        offering = choosing.seminar(its, inst, connection, code, kypek)
        decided = seats.decided(connection, offering.kypek, code).get(code, {})
        courses = _courses(connection, offering.kypek, code)
        people = seated(connection, inst, offering.kypek, code)
        structure = inst.kypek(offering.kypek).structures.get(offering.seminar.structure)
        directory = inst.kypek(offering.kypek).directory
        known = {one.seat.login: one.person for one in people if one.person is not None}
        units = settled(connection, inst, directory, persons.units_of(connection, directory, known.values()))
        changed = outgrown(offering.seminar, decided.values(), known, units)
        paused = pauses.for_kypek(connection, offering.kypek, its.clock())
    pause = paused.whole or paused.seminars.get(code)
    if as_json:
        listed = [one.plain() for one in people]
        its.json(
            _plain(offering)
            | {"courses": courses, "seats": _counts(decided), "people": listed, "paused": bool(pause)}
            | {"outgrown": [seat.login for seat in changed]}
        )
        return
    name = structure.name if structure else offering.seminar.structure
    for line in _facts(offering, name, courses, decided, its.text):
        its.out.print(line, markup=False)
    if pause is not None:
        its.out.print("  " + pause_line(pause, its.text), markup=False)
    _lists(its, people)
    if changed:
        its.out.print()
        its.out.print(its.text("Have a seat, and would not get one today. They keep it unless you decide otherwise:"))
        names = {login: person.name for login, person in known.items()}
        for seat in changed:
            its.out.print(f"  {names[seat.login]} ({login_shown(seat.login)}): {reason(seat, its.text)}", markup=False)


def state(offering: Offering, text: Text) -> str:
    """Whether a seminar is in force, a draft, or cancelled."""
    if offering.seminar.status is Status.CANCELLED:
        return text("cancelled")
    if not offering.approved:
        return text("draft")
    return text("gone from its file") if offering.missing_since else text("in force")


def session_line(session: Session, text: Text) -> str:
    """When and where a session is."""
    moment = f"{local(session.starts):%d/%m/%Y %H:%M}-{local(session.ends):%H:%M}"
    parts = [f"{session.number}. {moment}", text(FORMS[session.form]), session.place, session.topic]
    if session.status is not Status.PLANNED:
        parts.append(text("cancelled") if session.status is Status.CANCELLED else text("put off, no date yet"))
    return ", ".join(part for part in parts if part)


def _facts(
    offering: Offering, structure: str, courses: dict[str, str], decided: Mapping[str, Seat], text: Text
) -> Iterator[str]:
    seminar = offering.seminar
    yield f"{seminar.code} · {seminar.title}"
    yield "  " + ", ".join((structure, text(FORMS[seminar.form]), state(offering, text)))
    yield "  " + text("from %(source)s", source=seminar.source.said(text))
    if seminar.description:
        yield "  " + seminar.description
    yield "  " + text("Trainers: %(names)s", names=", ".join(t.login or t.name for t in seminar.trainers) or "–")
    if seminar.registration_opens or seminar.registration_closes:
        opens, closes = when(seminar.registration_opens), when(seminar.registration_closes)
        yield "  " + text("registration from %(opens)s to %(closes)s", opens=opens, closes=closes)
    yield from ("  " + line for line in (*choosing_lines(seminar, text), *_audience(seminar, text)))
    yield "  " + text("Sessions:")
    for session in seminar.sessions:
        name = seminar.part_name(session.part) if session.part is not None else ""
        yield "    " + session_line(session, text) + (f", {name}" if name else "")
    for part in seminar.parts:
        places = part.capacity if part.capacity is not None else text("no limit")
        line = text(
            "Part «%(part)s» [%(id)s]: seats: %(capacity)s",
            part=part.name or "–",
            id=part.id or "αρχικό",
            capacity=places,
        )
        off = text("cancelled") if part.status is Status.CANCELLED else ""
        said = text("the programme does not name it any more") if part.missing else off
        yield f"  {line}" + (f" ({said})" if said else "")
    for system, address in courses.items():
        yield "  " + text("Course on %(system)s: %(address)s", system=system, address=address or "–")
    if not courses:
        yield "  " + text("It has no course yet.")
    capacity = seminar.capacity if seminar.capacity is not None else text("no limit")
    counts = ", ".join(f"{text(COUNTED[SeatState(word)])} {number}" for word, number in _counts(decided).items())
    yield "  " + text("Seats: %(capacity)s. Applications: %(counts)s", capacity=capacity, counts=counts or "–")


def _audience(seminar: Seminar, text: Text) -> Iterator[str]:
    for criterion in AUDIENCE:
        if values := getattr(seminar.audience, criterion):
            yield text(AUDIENCE[criterion], values=said(RULE_OF.get(criterion, ""), SEPARATOR.join(values), text))


def _lists(its: Context, people: list[Seated]) -> None:
    for wanted in LISTS:
        those = [one for one in people if one.seat.state is wanted]
        if those:
            its.out.print()
            its.out.print(its.text(LISTS[wanted]))
            its.out.print(seats_table(those, its.text))


def _courses(connection: Connection, kypek: str, code: str) -> dict[str, str]:
    known = bindings.known(connection, kypek, "course")
    return {
        f"{system} ({part_of(ref)})" if part_of(ref) else system: one.address or one.foreign_id
        for (system, ref), one in sorted(known.items())
        if seminar_of(ref) == code
    }


def _counts(decided: Mapping[str, Seat]) -> dict[str, int]:
    states = [seat.state for seat in decided.values()]
    return {one.value: states.count(one) for one in COUNTED if one in states}


def _row(offering: Offering, decided: Mapping[str, Seat], text: Text) -> tuple[object, ...]:
    seminar = offering.seminar
    first = min((s.starts for s in seminar.sessions if s.status is Status.PLANNED), default=None)
    counts = _counts(decided)
    return (
        seminar.code,
        seminar.title,
        offering.kypek,
        seminar.structure,
        when(first),
        seminar.capacity if seminar.capacity is not None else "∞",
        counts.get("granted", 0),
        counts.get("waiting", 0),
        state(offering, text),
    )


def _plain(offering: Offering) -> dict[str, Any]:
    shown: dict[str, Any] = dump(offering.seminar)
    return shown | {"kypek": offering.kypek, "approved": offering.approved, "source": str(offering.seminar.source)}
