"""How a seminar chooses among those who apply, said to whoever reads its page or its facts. Pure."""

from __future__ import annotations

from kypek_sync.language import Text
from kypek_sync.model import Enforcement, Seminar, local
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
    if seminar.enforcement is Enforcement.RESTRICT:
        lines.append(text("Whoever is refused is taken out of the course."))
    return tuple(lines)
