"""The words of each kind of notice, in the language of the person. Plain text; Greek first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kypek_sync.contract import masked_login, masked_of
from kypek_sync.language import Text
from kypek_sync.notices.by_hand import KINDS, by_hand_words
from kypek_sync.notices.change_words import (
    CHANGE_KINDS,
    LEFT,
    PAPER,
    STRUCTURE,
    change_words,
    left_words,
    several_words,
)
from kypek_sync.notices.programme_letter import PROGRAMME, programme_words
from kypek_sync.notices.reminder_words import REMINDER, reminder_words
from kypek_sync.notices.words import Words

__all__ = ["SEAT_KINDS", "WITH_OWN_PAGE", "Words", "folded", "redirected", "words"]

SEAT_KINDS = (
    *("seat-granted", "seat-offered", "seat-lapsed", "seat-waiting", "seat-under-approval"),
    *("seat-refused", "seat-withdrawn", "seat-given-back", "seat-gathered", "seat-lowered"),
    "course-ended",
)
WITH_OWN_PAGE = (
    *("seat-granted", "seat-offered", "seat-lapsed", "seat-waiting"),
    *("seat-gathered", "seat-under-approval", "seat-lowered"),
)
"""Letters with the address of the page on which the person answers."""


_SUBJECTS = {
    "seat-granted": "You have a seat: %(title)s",
    "seat-offered": "You are offered a seat, please answer: %(title)s",
    "seat-lapsed": "The offer of a seat is over: %(title)s",
    "seat-waiting": "You are on the waiting list: %(title)s",
    "seat-refused": "Your application was not accepted: %(title)s",
    "seat-withdrawn": "Your application was withdrawn: %(title)s",
    "seat-given-back": "You have withdrawn your application: %(title)s",
    "seat-gathered": "Your application has been received: %(title)s",
    "seat-under-approval": "Your application waits for approval: %(title)s",
    "seat-lowered": "You do not have the seat any more: %(title)s",
    "course-ended": "You are not in the course any more: %(title)s",
}

_OPENINGS = {
    "seat-granted": "You have a seat in the seminar «%(title)s».",
    "seat-offered": "A seat became free in the seminar «%(title)s» and it is your turn. You do not have it yet: please "
    "answer whether you will come.",
    "seat-lapsed": "You did not answer in time whether you take the seat that was offered to you in the seminar "
    "«%(title)s», and the offer is over.",
    "seat-waiting": "You do not have a seat yet in the seminar «%(title)s»; you are on the waiting list.",
    "seat-refused": "Your application for the seminar «%(title)s» could not be accepted.",
    "seat-withdrawn": "Your application for the seminar «%(title)s» was withdrawn.",
    "seat-given-back": "You have withdrawn your application for the seminar «%(title)s».",
    "seat-gathered": "Your application for the seminar «%(title)s» has been received. You do not have a seat yet.",
    "seat-under-approval": "Your application for the seminar «%(title)s» waits for the approval of the structure that "
    "holds it. You do not have a seat yet.",
    "seat-lowered": "The seminar «%(title)s» has fewer seats than it had, and you do not have yours any more. We are "
    "sorry. You are on the waiting list, before whoever waited already.",
    "course-ended": "Your application for the seminar «%(title)s» was not accepted, as we had written to you, and you "
    "have been taken out of its course on the platform.",
}

_ASKED = (
    "There is a seat for you in the seminar «%(title)s». Before you have it, please answer whether you want it and "
    "will come."
)
"""The opening of an offer that is made because something speaks against the seat."""

_CLOSINGS = {
    "seat-granted": "If you cannot come, please leave the course on the platform, so that a colleague gets your seat.",
    "seat-waiting": "You will be told as soon as a seat becomes free. Until then you need do nothing.",
    "seat-offered": "You need not sign in there, and the buttons of the page count, not this letter.",
    "seat-lapsed": "Until the seminar begins you can ask on that page to be offered a seat again.",
    "course-ended": "Please do not enrol there again. If you think that this is a mistake, please answer this message.",
    "seat-refused": "If you think that this is a mistake, please answer this message.",
    "seat-withdrawn": "If you did not ask for this, please apply again on the platform.",
    "seat-given-back": "Thank you for saying so in time. If you still are in the seminar's course on the platform, "
    "please leave it there, too; to apply again, enrol anew.",
    "seat-gathered": "You will be told as soon as it is decided. Until then you need do nothing.",
    "seat-under-approval": "You will be told as soon as it is decided. Until then you need do nothing.",
    "seat-lowered": "You will be told as soon as a seat becomes free. Until then you need do nothing.",
}

_LATE = (
    "Thank you for saying so. If you still are in the seminar's course on the platform, please leave it there, too; to "
    "apply again, enrol anew."
)
"""The closing of the letter to whoever gave the seat back after the deadline."""

_LEAVES = (
    "Whoever was not accepted does not stay in the seminar's course on the platform: unless you leave it yourself, you "
    "will be taken out of it in a day or later."
)
"""In the letter about a refusal, where the seminar is set so."""

_ON_OWN_PAGE = {
    "seat-granted": "If you cannot come, please say so here, so that a colleague gets your seat:",
    "seat-offered": "Answer here, «I will come» or «I cannot»:",
    "seat-lapsed": "If you still want to come, or do not want to wait any more, say so here:",
    "seat-waiting": "If you do not want to wait any more, say so here:",
    "seat-gathered": "If you do not want to wait any more, say so here:",
    "seat-under-approval": "If you do not want to wait any more, say so here:",
    "seat-lowered": "If you do not want to wait any more, say so here:",
}
"""What the person can say on their own page; then the letter asks for nothing on the platform."""


def words(kind: str, facts: Mapping[str, str], name: str, text: Text) -> Words:
    """The notice for a person called `name`.

    `facts`: `title`, `reason`, `sessions` and `clashes` (lines), `page` (address), `own_page` (address, where there
    is one) and `centre` (who signs). Raises `KeyError` for a kind that is not known. Letters about work by hand, and
    about sessions that changed, have facts of their own (`notices.by_hand`, `notices.change_words`).
    """
    if kind == PROGRAMME:
        return Words(*programme_words(facts, name, text))
    if kind in (*KINDS, *CHANGE_KINDS, REMINDER, LEFT):
        if kind in (REMINDER, LEFT):
            subject, paragraphs = (left_words if kind == LEFT else reminder_words)(facts, text)
        else:
            its_words = change_words if kind in CHANGE_KINDS else by_hand_words
            subject, paragraphs = its_words(kind, facts, text)
        parts = [text("Dear %(name)s,", name=name), *paragraphs, facts.get("centre", "")]
        return Words(subject, "\n\n".join(part for part in parts if part) + "\n")
    title = facts.get("title", "")
    parts = [text("Dear %(name)s,", name=name), text(_ASKED if facts.get("asked") else _OPENINGS[kind], title=title)]
    if facts.get("reason"):
        parts.append(facts["reason"])
    if facts.get("sessions") and kind != "seat-refused":
        parts.append(text("Sessions:") + "\n" + facts["sessions"])
    if facts.get("clashes"):
        parts.append(
            text("At the same hours you have a seat, or are offered one, in these too:") + "\n" + facts["clashes"]
        )
    if facts.get("edition"):
        parts.append(text("You had a seat in an earlier edition, too: %(edition)s.", edition=facts["edition"]))
    if kind == "seat-granted" and facts.get(STRUCTURE):
        parts.append(text(PAPER))
    if facts.get("leave_by"):
        parts.append(text("Seats can be given up in time until %(deadline)s.", deadline=facts["leave_by"]))
    if kind == "seat-refused" and facts.get("leaves"):
        parts.append(text(_LEAVES))
    parts.append(text("The seminar's page: %(page)s", page=facts.get("page", "")))
    if facts.get("own_page"):
        parts.append(text(_ON_OWN_PAGE[kind]) + "\n" + facts["own_page"])
        parts.append(text("That address is for you alone: whoever has it can answer in your place."))
    if kind != "seat-granted" or not facts.get("own_page"):
        parts.append(text(_LATE if kind == "seat-given-back" and facts.get("late") else _CLOSINGS[kind]))
    parts.append(facts.get("centre", ""))
    return Words(text(_SUBJECTS[kind], title=title), "\n\n".join(part for part in parts if part) + "\n")


def folded(letters: Sequence[tuple[str, Mapping[str, str]]], name: str, text: Text) -> Words:
    """One letter for several notices about sessions that change, (kind, facts) of each."""
    subject, paragraphs = several_words(letters, text)
    parts = [text("Dear %(name)s,", name=name), *paragraphs, letters[0][1].get("centre", "")]
    return Words(subject, "\n\n".join(part for part in parts if part) + "\n")


def redirected(said: Words, login: str, text: Text) -> Words:
    """The same notice as it goes to one address while mail is tried out: it says first for whom it is, by login; no
    other address stands in it, and no tax or registry number, since somebody else reads it (D-4)."""
    who = masked_login(login)
    first = text("A trial: this message is meant for %(login)s, who has not got it.", login=who)
    subject = text("[for %(login)s] %(subject)s", login=who, subject=masked_of(said.subject, login))
    return Words(subject, f"{first}\n\n{masked_of(said.body, login)}")
