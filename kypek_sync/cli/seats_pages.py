"""What stands on the pages of `seats export`: lists that a trainer can print and have signed, and all applications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kypek_sync.language import Text
from kypek_sync.model import Seminar, Session, Status, Trainer, local

SIGNATURES = 5
"""So many meetings are signed for on one page; a seminar of more has more pages."""
_SIGNATURE_WIDTH = 22
_NARROW, _NAME, _WIDE = 6, 20, 32


@dataclass(frozen=True, slots=True)
class Named:
    """A line of a list to be signed."""

    surname: str
    name: str
    specialties: str
    unit: str


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its name, lines above the table and below it, headings, rows of as many cells or fewer, and the width
    of each column in letters. `signed`: there are cells to be written into by hand, so rows are high."""

    name: str
    above: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    below: tuple[str, ...] = ()
    signed: bool = False

    @property
    def top(self) -> int:
        """The row of the headings, from 0: an empty row stands between them and the lines above."""
        return len(self.above) + 1 if self.above else 0


def applications(name: str, headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Page:
    """All applications of a seminar, as `seats list` shows them; `seats import` reads it again."""
    widths = tuple(min(40, max(len(words), *(len(row[n]) for row in rows), 0) + 2) for n, words in enumerate(headings))
    return Page(name, (), tuple(headings), tuple(rows), widths)


def to_sign(
    seminar: Seminar,
    centre: str,
    seated: Mapping[str, Sequence[Named]],
    trainers: Mapping[Trainer, str],
    text: Text,
) -> Iterator[Page]:
    """The lists of those with a seat, by part of the seminar (`seated`), with a column for each meeting that is to take
    place. `trainers` are those of the seminar with what they are called."""
    for part in seminar.courses:
        people = seated.get(part.id, ())
        its = seminar.of_part(part.id)
        meetings = [one for one in its.sessions if one.status is Status.PLANNED]
        if not people or its.status is Status.CANCELLED:
            continue
        for start in range(0, max(len(meetings), 1), SIGNATURES):
            number = start // SIGNATURES + 1
            words = [text("Attendance"), part.name, str(number) if len(meetings) > SIGNATURES else ""]
            yield _page(
                " ".join(filter(None, words)), its, centre, people, meetings[start:][:SIGNATURES], trainers, text
            )


def _page(
    name: str,
    seminar: Seminar,
    centre: str,
    people: Sequence[Named],
    meetings: Sequence[Session],
    trainers: Mapping[Trainer, str],
    text: Text,
) -> Page:
    called = ", ".join(trainers.get(one, one.name or one.login) for one in seminar.trainers)
    above = [seminar.title, f"{centre} · {seminar.code}"]
    above += [text("Meeting %(number)s: %(when)s", number=one.number, when=_meeting(one)) for one in meetings]
    if called:
        above.append(text("Trainers: %(names)s", names=called))
    signatures = [text("Signature %(day)s", day=f"{local(one.starts):%d/%m/%Y}") for one in meetings]
    columns = {
        text("Number in the list"): _NARROW,
        text("Surname"): _NAME,
        text("Name"): _NAME,
        text("Specialty"): _NARROW * 2,
        text("Unit"): _WIDE,
    }
    signed = tuple(signatures) or (text("Signature"),)
    rows = tuple(
        (str(number), one.surname, one.name, one.specialties, one.unit) for number, one in enumerate(people, start=1)
    )
    widths = (*columns.values(), *(_SIGNATURE_WIDTH for _ in signed))
    below = (text("Signature of the trainer: ____________________"),)
    return Page(name, tuple(above), (*columns, *signed), rows, widths, below, signed=True)


def _meeting(session: Session) -> str:
    hours = f"{local(session.starts):%d/%m/%Y %H:%M}-{local(session.ends):%H:%M}"
    return ", ".join(filter(None, (hours, session.place, session.topic)))
