"""The third door (`seminar.page_door`) in the ledger: who may apply on a seminar's page, and what they do there.

As with officers (`by_name`) an application is recorded here, and the next pass decides about it. Nobody writes one
while a pass decides (`alone_at_doors`): what has an earlier moment than the pass has been seen by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from kypek_sync.contract import Capability
from kypek_sync.ledger import identity_answers, journal, lookups, persons, rulings, seats, silent_platforms
from kypek_sync.ledger.journal import Entry, Kind
from kypek_sync.ledger.journal_people import Who
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.programmes import Offering
from kypek_sync.ledger.store import alone
from kypek_sync.model import Application, Part, Seminar, TakenAt
from kypek_sync.seminar.applications import PAGE
from kypek_sync.seminar.eligibility import Verdict, judge
from kypek_sync.seminar.page_door import Step, followed, open_parts, step
from kypek_sync.seminar.rulings import Ruling
from kypek_sync.sync.directory.serving import settled
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.answering import decided_of, own, seat_of

MOMENT = timedelta(microseconds=1)
"""Who changes their mind within one tick of the clock did so afterwards."""


@dataclass(frozen=True, slots=True)
class AtDoor:
    """How somebody stands at the door of a seminar's page. `step` is what they can do, None if nothing; `parts` are
    those of which one is to be chosen, none of a seminar without parts. `staff`: they teach or run the seminar and need
    no seat; `unsure`: it is not sure whose their login is, and another's application stands under it; `outside` is the
    rule of the audience that they do not meet by what the directory says now, and `unknown`: it does not know them."""

    step: Step | None = None
    parts: tuple[Part, ...] = ()
    staff: bool = False
    unsure: bool = False
    outside: Verdict | None = None
    unknown: bool = False


def alone_at_doors(connection: Connection, kypek: str) -> None:
    """Wait until nobody else writes applications of a KYPEK, or decides about them."""
    alone(connection, f"applications {kypek}")


def silent(
    connection: Connection, inst: Installation, abilities: Mapping[str, frozenset[Capability]]
) -> frozenset[str]:
    """The platforms that tell nobody who is in a course, an empty word for none at all. What these said now
    (`abilities`) is remembered."""
    lists = {system: Capability.MEMBER_LIST in able for system, able in abilities.items()}
    return silent_platforms.learn(connection, lists, inst.clock()) | {""}


def takes(connection: Connection, inst: Installation, offering: Offering) -> bool:
    """Whether a seminar's page takes applications: the programme says so, or no platform tells who applies."""
    seminar = offering.seminar
    platform = seminar.platform or inst.kypek(offering.kypek).courses
    if seminar.applications is TakenAt.PAGE or not platform:
        return True
    return platform in silent_platforms.silent(connection)


def at_door(connection: Connection, inst: Installation, offering: Offering, login: str) -> AtDoor:
    """How whoever has this login stands at the door now."""
    seminar = offering.seminar
    seat = seat_of(connection, inst, offering, login)
    said = own(connection, inst, offering, seat).said if seat is not None else None
    open_ones = set(open_parts(seminar))
    parts = tuple(one for one in seminar.courses if one.id in open_ones)
    can = step(seminar, seat, said, inst.clock(), takes=takes(connection, inst, offering))
    if can is None or not parts:
        return AtDoor()
    if login in _staff(inst, offering):
        return AtDoor(staff=True)
    known, sure = _known(connection, inst, offering, login)
    if not sure and _of_others(connection, inst, offering, login, ""):
        return AtDoor(unsure=True)
    outside = _outside(connection, inst, offering, known) if known is not None else None
    asked = parts if seminar.parts else ()
    return AtDoor(can, asked, outside=outside, unknown=known is None)


def apply(connection: Connection, inst: Installation, offering: Offering, login: str, part: str = "") -> bool:
    """Record the application of whoever has a login, for a part of the seminar (empty: it has none); False where they
    cannot apply (any more). Of two at the same moment one is taken, and the other finds it."""
    code, kypek = offering.seminar.code, offering.kypek
    alone_at_doors(connection, kypek)
    known, _ = _known(connection, inst, offering, login)
    person = known.id if known is not None else ""
    alone(connection, f"answer {kypek} {code} {person or login}")  # as `answering.answer`
    door = at_door(connection, inst, offering, login)
    if door.step is None or part not in ({one.id for one in door.parts} or set(open_parts(offering.seminar))):
        return False
    _let_keep(connection, inst, offering, login, person)
    earlier = [one for one in lookups.standing_of(connection, kypek, code, login, person) if one.system == PAGE]
    decided = [one.at for one in rulings.standing(connection, kypek).get(code, ()) if _about(one, login, person)]
    now = max([inst.clock(), *(at + MOMENT for at in decided)])
    new = Application(code, login, person, now, True, PAGE, part=part)
    seats.record_applications(connection, kypek, [], earlier, {}, now)  # what was given up lends its moment to nothing
    seats.record_applications(connection, kypek, [new], [], {}, now)
    entry = Entry(Kind.APPLICATION, {"seminar": code, "part": part}, about=Who(login, person))
    journal.append(connection, kypek, [entry], now)
    return True


def _known(connection: Connection, inst: Installation, offering: Offering, login: str) -> tuple[Known | None, bool]:
    """Who has a login, and whether that is sure; nobody while it is not."""
    directory = inst.kypek(offering.kypek).directory
    if not directory:
        return None, True
    others = inst.sharing(directory) - {offering.kypek}
    if identity_answers.unsure(connection, directory, [login], offering.kypek, others):
        return None, False
    return persons.persons(connection, directory, [login]).get(login), True


def _outside(connection: Connection, inst: Installation, offering: Offering, known: Known) -> Verdict | None:
    """The first rule of the audience that somebody does not meet."""
    directory = inst.kypek(offering.kypek).directory
    units = settled(connection, inst, directory, persons.units_of(connection, directory, [known.person]))
    verdict = judge(known.person, offering.seminar.audience, units)
    return None if verdict.passed else verdict


def _staff(inst: Installation, offering: Offering) -> frozenset[str]:
    """Who teaches or runs a seminar."""
    seminar: Seminar = offering.seminar
    trainers = frozenset(one.login for one in seminar.trainers if one.login)
    return trainers | inst.centre(offering.kypek).officers.get(seminar.structure, frozenset())


def _of_others(
    connection: Connection, inst: Installation, offering: Offering, login: str, person: str
) -> list[Application]:
    """The applications made on the page under a login by somebody else, who had it before. What was decided of the
    login says whose they are."""
    those = lookups.standing_of(connection, offering.kypek, offering.seminar.code, login, "")
    theirs = [one for one in those if one.system == PAGE and one.person not in ("", person)]
    if not theirs or not person:
        return theirs
    decided = decided_of(connection, inst, offering, login)
    return [one for one in theirs if not decided.inherited(login, one.person, one.at)]


def _let_keep(connection: Connection, inst: Installation, offering: Offering, login: str, person: str) -> None:
    """Whoever had the login before, and applied on the page, has that under the login they have by now."""
    theirs = _of_others(connection, inst, offering, login, person)
    directory = inst.kypek(offering.kypek).directory
    if not theirs or not directory:
        return
    present = persons.persons_by_id(connection, directory, {one.person for one in theirs})
    moved = followed(theirs, {one: known.person.login for one, known in present.items()}, ())
    now = inst.clock()
    seats.record_applications(connection, offering.kypek, moved.values(), moved.keys(), {}, now)


def _about(ruling: Ruling, login: str, person: str) -> bool:
    return ruling.person == person if ruling.person and person else ruling.login == login
