"""The words of a letter about sessions that changed: what was, what is, in one letter. Plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kypek_sync.language import Text
from kypek_sync.model import local
from kypek_sync.notices.calendar import Meeting

CHANGED, CALLED_OFF = "sessions-changed", "seminar-called-off"
LEFT = "trainer-left"
"""The letter to a trainer whom the programme does not name any more."""
CHANGE_KINDS = (CHANGED, CALLED_OFF)
SEVERAL = "several-changed"
"""The letter that several notices of these kinds are, where one person is told of them at one moment."""
STRUCTURE = "structure"
"""The fact of letters with which a certificate for the school goes (`selection_paper`)."""
PAPER = "With this letter goes a certificate of selection for the head of your school."


SEATED, TRAINER, OFFICER, WAITING, OFFERED = "", "trainer", "officer", "waiting", "offered"
"""What somebody is to a seminar whose sessions change (the fact `role`)."""

_OPENINGS = {
    (CHANGED, SEATED): "Something changes in the seminar «%(title)s», in which you have a seat.",
    (CHANGED, TRAINER): "Something changes in the seminar «%(title)s», which you teach.",
    (CHANGED, OFFICER): "Something changes in the seminar «%(title)s» of your structure.",
    (CHANGED, WAITING): "Something changes in the seminar «%(title)s», for which you are on the waiting list.",
    (CHANGED, OFFERED): "Something changes in the seminar «%(title)s», in which a seat is offered to you.",
    (CALLED_OFF, SEATED): "The seminar «%(title)s», in which you have a seat, has been cancelled.",
    (CALLED_OFF, TRAINER): "The seminar «%(title)s», which you teach, has been cancelled.",
    (CALLED_OFF, OFFICER): "The seminar «%(title)s» of your structure has been cancelled.",
}
_ON_OWN_PAGE = {
    SEATED: "If you cannot come, please say so here, so that a colleague gets your seat:",
    WAITING: "You keep your place on the list. If you do not want a seat any more, please say so here:",
    OFFERED: "The offer stands. You answer it here:",
}


def change_words(kind: str, facts: Mapping[str, str], text: Text) -> tuple[str, list[str]]:
    """Subject and paragraphs of such a letter, between greeting and signature.

    `facts`: `title`, `changes` and `sessions` (lines), `page`, `own_page` (addresses), `why` (a reason that somebody
    gave), `role` (`TRAINER`, …, else who has a seat). Raises `KeyError` for another kind.
    """
    title, role = facts.get("title", ""), facts.get("role", SEATED)
    page = text("The seminar's page: %(page)s", page=facts.get("page", ""))
    said = [text(_OPENINGS[kind, role], title=title)]
    if facts.get("why"):
        said.append(text("The reason: %(why)s", why=facts["why"]))
    if kind == CALLED_OFF:
        said.append(text("It would have met:") + "\n" + facts.get("changes", ""))
        said.append(text("You need do nothing. The file with this letter takes the dates out of your calendar."))
        return text("It does not take place: %(title)s", title=title), [*said, page]
    said.append(text("What changes:") + "\n" + facts.get("changes", ""))
    if facts.get("sessions"):
        said.append(text("So it meets now:") + "\n" + facts["sessions"])
    if facts.get(STRUCTURE) and facts.get("sessions"):
        said.append(text(PAPER))
    said.append(page)
    if facts.get("own_page"):
        said.append(text(_ON_OWN_PAGE.get(role, _ON_OWN_PAGE[SEATED])) + "\n" + facts["own_page"])
    return text("Dates that change: %(title)s", title=title), said


def left_words(facts: Mapping[str, str], text: Text) -> tuple[str, list[str]]:
    """The same of the letter to a trainer who does not teach a seminar any more. `facts`: `title`, `page`, `trainers`
    (who teaches now, may be empty) and the dates that go with it."""
    title = facts.get("title", "")
    said = [text("The programme does not name you as a trainer of the seminar «%(title)s» any more.", title=title)]
    if facts.get("trainers"):
        said.append(trainers_line(None, facts["trainers"], text))
    if facts.get("calendar"):
        said.append(text("The file with this letter takes its dates out of your calendar."))
    said.append(text("If you think that this is a mistake, please answer this message."))
    said.append(text("The seminar's page: %(page)s", page=facts.get("page", "")))
    return text("You do not teach it any more: %(title)s", title=title), said


def several_words(letters: Sequence[tuple[str, Mapping[str, str]]], text: Text) -> tuple[str, list[str]]:
    """The same of several seminars that change at one time, (kind, facts) of each: one letter tells them all."""
    subject = text("Dates that change in %(count)s seminars", count=len(letters))
    return subject, [line for kind, facts in letters for line in change_words(kind, facts, text)[1]]


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
        same = was.cancelled and was.postponed is one.postponed
        return "" if same else _taken_back(was, one, text)
    if was.cancelled:
        return text("Takes place after all: %(session)s", session=meeting_line(one))
    if meeting_line(was) != meeting_line(one):
        return text("%(before)s becomes %(now)s", before=meeting_line(was), now=meeting_line(one))
    if was.form is not one.form:
        return text("%(session)s: in another form now, see the seminar's page", session=meeting_line(one))
    return ""


def _as_it_is(one: Meeting, text: Text) -> str:
    if one.cancelled:
        return _taken_back(one, one, text)
    return text("Now: %(session)s", session=meeting_line(one))


def trainers_line(before: str | None, now: str, text: Text) -> str:
    """That somebody else teaches; `before` is None, or empty, where a person was never told who did."""
    if before:
        return text("Trainers: %(now)s (before: %(before)s)", now=now, before=before)
    return text("Trainers now: %(now)s", now=now)


def _taken_back(was: Meeting, one: Meeting, text: Text) -> str:
    """Of a session that does not take place on its day."""
    if one.postponed:
        return text("Put off, the new date will be told: %(session)s", session=meeting_line(was))
    return text("Cancelled: %(session)s", session=meeting_line(was))
