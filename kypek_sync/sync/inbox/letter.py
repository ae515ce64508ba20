"""The text that answers a programme in an inbox: what was found in it and what happens now. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kypek_sync.language import Text
from kypek_sync.model import FindingLevel
from kypek_sync.programme import Ground, Mistake, Reading
from kypek_sync.programme.marking import summary

WHAT_NOW = {
    "taken": "The file is now the structure's programme.",
    "same": "The structure's programme is this very file already; nothing changes.",
    "errors": "The programme was not changed. Correct the errors in the marked copy and put it into this folder again.",
    "not-taken": "The file is right, but it cannot become the programme here: tell the centre's administrators.",
    "problem": "The file changed while it was being checked. It is checked again in a moment.",
}


SECTIONS = {FindingLevel.ERROR: "To correct:", FindingLevel.WARNING: "To look at:"}


@dataclass(frozen=True, slots=True)
class Letter:
    """What the text says. `marked` is the marked copy's name, or empty; `outcome` a key of `WHAT_NOW`, empty when the
    file could not be read, then `why` says so; `at` on a clock in Greece; `new` are codes of seminars that the centre
    did not know."""

    structure: str
    file: str
    marked: str
    at: datetime
    reading: Reading | None = None
    ground: Ground | None = None
    outcome: str = ""
    approval: bool = False
    new: tuple[str, ...] = ()
    why: str = ""


def letter(said: Letter, text: Text) -> str:
    """The whole text."""
    return "\n".join(_lines(said, text)) + "\n"


def _lines(said: Letter, text: Text) -> Iterator[str]:
    yield text("%(structure)s: answer to the file %(file)s", structure=said.structure, file=said.file)
    yield text("Checked on %(when)s.", when=f"{said.at:%d/%m/%Y %H:%M}")
    yield ""
    if said.reading is None or said.ground is None:
        yield said.why
        yield text("The programme was not changed.")
        return
    yield summary(said.reading, said.ground, text)
    for level in SECTIONS:
        those = [mistake for mistake in said.reading.mistakes if mistake.level is level]
        if those:
            yield ""
            yield text(SECTIONS[level])
            yield from (f"- {_mistake(mistake, text)}" for mistake in those)
    yield ""
    if said.marked:
        yield text("The same is marked in the cells of %(file)s. Go on with that file.", file=said.marked)
    if said.reading.assigned:
        yield text("These seminars had no code and were given one; keep it: %(codes)s", codes=_codes(said.reading))
    yield text(WHAT_NOW[said.outcome])
    if said.outcome == "taken":
        if said.new:
            yield text("New seminars: %(codes)s", codes=", ".join(said.new))
        if said.approval:
            yield text("New seminars and changes of substance count after the approval of the council.")


def _mistake(mistake: Mistake, text: Text) -> str:
    where = ", ".join(part for part in (mistake.where, mistake.column, mistake.seminar) if part)
    return f"{where}: {mistake.said(text)}"


def _codes(reading: Reading) -> str:
    return ", ".join(reading.assigned[source] for source in sorted(reading.assigned, key=lambda s: (s.sheet, s.row)))
