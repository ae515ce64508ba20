"""How a seminar chooses among those who apply, said to whoever reads its page or its facts. Pure."""

from __future__ import annotations

from kypek_sync.language import Text
from kypek_sync.model import Enforcement, Seminar, Stance, local
from kypek_sync.seminar.leaving import clock
from kypek_sync.seminar.priority import BETWEEN


def choosing_lines(seminar: Seminar, text: Text) -> tuple[str, ...]:
    """A sentence for each rule beside first come, first served; none in most seminars."""
    lines = []
    if seminar.judged_at is not None:
        when = f"{local(seminar.judged_at):%d/%m/%Y %H:%M}"
        lines.append(text("The applications are decided together on %(when)s.", when=when))
        if seminar.priority:
            first = BETWEEN.join(group.name for group in seminar.priority)
            lines.append(text("First come, in this order: %(first)s.", first=first))
    lines += [
        text(
            "Seats kept until %(until)s for %(group)s: %(seats)s.",
            until=f"{local(one.until):%d/%m/%Y %H:%M}",
            group=one.group.name,
            seats=one.seats,
        )
        for one in seminar.reserved
    ]
    if seminar.approval:
        lines.append(text("Each seat needs the structure's approval, within %(count)s days.", count=seminar.approval))
    if seminar.leave_by is not None:
        lines.append(text("Seats can be given up in time until %(deadline)s.", deadline=clock(seminar.leave_by)))
    if seminar.enforcement is Enforcement.RESTRICT:
        lines.append(text("Whoever is refused is taken out of the course."))
    return tuple(lines)


_HOURS = {
    Stance.ASK: "Who has a seat in another seminar at the same hours is asked before they get one here.",
    Stance.REFUSE: "Who has a seat in another seminar at the same hours is not accepted as long as they have it.",
}
_EDITION = {
    Stance.ASK: "Who had a seat in an earlier edition is asked before they get one here.",
    Stance.REFUSE: "Who had a seat in an earlier edition is not accepted.",
}


def clash_lines(hours: Stance, edition: Stance, text: Text) -> tuple[str, ...]:
    """A sentence for each clash from which more follows than that people are told of it."""
    said = (_HOURS.get(hours, ""), _EDITION.get(edition, ""))
    return tuple(text(one) for one in said if one)
