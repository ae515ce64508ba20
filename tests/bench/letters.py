"""Letters for each thing that changes, against how many people it concerns: one letter each is the target.

A small centre with two full seminars, in each two who wait; what follows is what an officer or a teacher does, and a
quarter of an hour of passes after it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from kypek_sync import cli
from kypek_sync.sandbox.mail import Sink
from tests.bench.figures import Figure
from tests.sync.centre import Centre, open_centre, sync_once
from tests.sync.services import with_mail

PART = "letters"
BOTH = ("EKFE-26-01", "EKFE-26-02")
FIRST = BOTH[0]
PASSES, APART = 4, 4
"""Passes after each change, and the minutes between two: a change is told once it has rested for ten minutes."""


def measure(argument: str) -> list[Figure]:
    """`argument` is not used."""
    del argument
    with TemporaryDirectory() as folder:
        centre = open_centre(Path(folder))
        try:
            with with_mail(centre) as sink:
                return _Letters(centre, sink).figures()
        finally:
            centre.server.stop()


class _Letters:
    """The centre's mail, told change by change."""

    def __init__(self, centre: Centre, sink: Sink) -> None:
        self.centre, self.sink = centre, sink
        self.courses: dict[str, str] = {}
        self.made: list[Figure] = []

    def figures(self) -> list[Figure]:
        """One change after the other."""
        self.after("two seminars with 6 applications each, one letter for each", 12, self.open)
        self.after("another day, and other specialties, in one file", 8, self.write, day=9, specialties="ΠΕ86, ΠΕ04")
        self.after("a file saved three times in ten minutes", 8, self.three_times)
        self.after("somebody else teaches: seats, both trainers, the officer", 7, self.write, trainer="trainer1")
        self.after("one leaves the course, and the next has the seat", 2, self.leave)
        self.after("two seats more, and one who still waits", 1, self.write, capacity=6)
        self.after("the day of the other seminar again", 7, self.write, day=3)
        self.after("a strike: the day of both is put off by a command", 9, self.strike)
        self.after("a seminar is cancelled", 7, self.write, status="ακυρώθηκε")
        self.after("nothing changes, for a day", 0, self.centre.clock.turn, days=1)
        return self.made

    def after(self, what: str, concerned: int, change: Callable[..., object], **how: object) -> None:
        """The letters that a change brings. Raises `RuntimeError` where somebody whom it concerns gets none: that would
        be few letters, and no good figure."""
        before = len(self.sink.messages())
        change(**how)
        for _ in range(PASSES):
            sync_once(self.centre)
            self.centre.clock.turn(minutes=APART)
        letters = len(self.sink.messages()) - before
        if letters < concerned:
            raise RuntimeError(f"{what}: {letters} letters, and it concerns {concerned}")
        self.made.append(Figure(PART, what, letters, "letters", concerned))

    def open(self) -> None:
        """Two seminars in the programme, and those who apply in their courses."""
        for code in BOTH:
            course = self.courses[code] = self.centre.course()
            for number in range(1, 7):
                self.centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
            self.centre.seminar(
                code,
                day=3,
                capacity=4,
                trainer=f"teacher{7 + len(self.courses) - 1}",
                course=self.centre.address(course),
            )

    def write(self, **how: object) -> None:
        """The officer writes something else of the first seminar."""
        self.centre.seminar(FIRST, **how)

    def three_times(self) -> None:
        """Two versions that nobody should hear of, and the one that stays."""
        for day in (10, 11, 12):
            self.write(day=day)
            sync_once(self.centre)
            self.centre.clock.turn(minutes=3)

    def leave(self) -> None:
        """Who has a seat unenrols in the course."""
        self.centre.world.unenrol("teacher1", self.courses[FIRST])

    def strike(self) -> None:
        """The officer puts off a day, by the command."""
        settings = str(self.centre.folder / "kypek.yaml")
        words = ("sessions", "postpone", "--date", "2027-03-03", "--reason", "Απεργία", "--yes")
        cli.run(["--settings", settings, *words], clock=self.centre.clock)
