"""The words of a letter about sessions that changed: what was, what is, in one letter. Plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kypek_sync.language import Text
from kypek_sync.model import local
from kypek_sync.notices.calendar import Meeting

CHANGED, CALLED_OFF = "sessions-changed", "seminar-called-off"
CHANGE_KINDS = (CHANGED, CALLED_OFF)
STRUCTURE = "structure"
"""The fact of letters with which a certificate for the school goes (`selection_paper`)."""
PAPER = "With this letter goes a certificate of selection for the head of your school."


def change_words(kind: str, facts: Mapping[str, str], text: Text) -> tuple[str, list[str]]:
    """Subject and paragraphs of such a letter, between greeting and signature.

    `facts`: `title`, `changes` and `sessions` (lines), `page`, `own_page` (addresses). Raises `KeyError` for another
    kind.
    """
    title = facts.get("title", "")
    page = text("The seminar's page: %(page)s", page=facts.get("page", ""))
    if kind == CALLED_OFF:
        return text("It does not take place: %(title)s", title=title), [
            text("The seminar «%(title)s», in which you have a seat, has been cancelled.", title=title),
            text("It would have met:") + "\n" + facts.get("changes", ""),
            text("You need do nothing. The file with this letter takes the dates out of your calendar."),
            page,
        ]
    if kind != CHANGED:
        raise KeyError(kind)
    said = [
        text("Something changes in the seminar «%(title)s», in which you have a seat.", title=title),
        text("What changes:") + "\n" + facts.get("changes", ""),
    ]
    if facts.get("sessions"):
        said.append(text("So it meets now:") + "\n" + facts["sessions"])
    if facts.get(STRUCTURE):
        said.append(text(PAPER))
    said.append(page)
    if facts.get("own_page"):
        said.append(text("If you cannot come, please say so here, so that a colleague gets your seat:"))
        said[-1] += "\n" + facts["own_page"]
    return text("Dates that change: %(title)s", title=title), said


def meeting_line(one: Meeting) -> str:
    """When and where a session meets."""
    starts, ends = local(one.starts), local(one.ends)
    return f"{starts:%d/%m/%Y %H:%M}-{ends:%H:%M}" + (f", {one.place}" if one.place else "")


def change_lines(before: Iterable[Meeting] | None, now: Iterable[Meeting], text: Text) -> list[str]:
    """What is another than a person knew, a line for each session. `before` is None where that is not known: then `now`
    are those that changed."""
    those = tuple(now)
    if before is None:
        return [_as_it_is(one, text) for one in those]
    known = {one.uid: one for one in before}
    return [line for one in those if (line := _difference(known.get(one.uid), one, text))]


def _difference(was: Meeting | None, one: Meeting, text: Text) -> str:
    if was is None:
        return "" if one.cancelled else text("New: %(session)s", session=meeting_line(one))
    if one.cancelled:
        return "" if was.cancelled else text("Cancelled: %(session)s", session=meeting_line(was))
    if was.cancelled:
        return text("Takes place after all: %(session)s", session=meeting_line(one))
    if meeting_line(was) != meeting_line(one):
        return text("%(before)s becomes %(now)s", before=meeting_line(was), now=meeting_line(one))
    if was.form is not one.form:
        return text("%(session)s: in another form now, see the seminar's page", session=meeting_line(one))
    return ""


def _as_it_is(one: Meeting, text: Text) -> str:
    if one.cancelled:
        return text("Cancelled: %(session)s", session=meeting_line(one))
    return text("Now: %(session)s", session=meeting_line(one))
