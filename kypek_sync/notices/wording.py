"""The words of each kind of notice, in the language of the person. Plain text; Greek first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kypek_sync.contract import masked_login, masked_of
from kypek_sync.language import Text
from kypek_sync.notices.by_hand import KINDS, by_hand_words

SEAT_KINDS = ("seat-granted", "seat-waiting", "seat-refused", "seat-withdrawn")


@dataclass(frozen=True, slots=True)
class Words:
    """A notice as it is sent."""

    subject: str
    body: str


_SUBJECTS = {
    "seat-granted": "You have a seat: %(title)s",
    "seat-waiting": "You are on the waiting list: %(title)s",
    "seat-refused": "Your application was not accepted: %(title)s",
    "seat-withdrawn": "Your application was withdrawn: %(title)s",
}

_OPENINGS = {
    "seat-granted": "You have a seat in the seminar «%(title)s».",
    "seat-waiting": "You do not have a seat yet in the seminar «%(title)s»; you are on the waiting list.",
    "seat-refused": "Your application for the seminar «%(title)s» could not be accepted.",
    "seat-withdrawn": "Your application for the seminar «%(title)s» was withdrawn.",
}

_CLOSINGS = {
    "seat-granted": "If you cannot come, please leave the course on the platform, so that a colleague gets your seat.",
    "seat-waiting": "You will be told as soon as a seat becomes free. You need do nothing.",
    "seat-refused": "If you think that this is a mistake, please answer this message.",
    "seat-withdrawn": "If you did not ask for this, please apply again on the platform.",
}


def words(kind: str, facts: Mapping[str, str], name: str, text: Text) -> Words:
    """The notice for a person called `name`.

    `facts`: `title`, `reason`, `sessions` (lines), `page` (address) and `centre` (who signs). Raises `KeyError` for a
    kind that is not known. Letters about work by hand have facts of their own (`notices.by_hand`).
    """
    if kind in KINDS:
        subject, paragraphs = by_hand_words(kind, facts, text)
        parts = [text("Dear %(name)s,", name=name), *paragraphs, facts.get("centre", "")]
        return Words(subject, "\n\n".join(part for part in parts if part) + "\n")
    title = facts.get("title", "")
    parts = [text("Dear %(name)s,", name=name), text(_OPENINGS[kind], title=title)]
    if facts.get("reason"):
        parts.append(facts["reason"])
    if facts.get("sessions") and kind != "seat-refused":
        parts.append(text("Sessions:") + "\n" + facts["sessions"])
    parts += [text("The seminar's page: %(page)s", page=facts.get("page", "")), text(_CLOSINGS[kind])]
    parts.append(facts.get("centre", ""))
    return Words(text(_SUBJECTS[kind], title=title), "\n\n".join(part for part in parts if part) + "\n")


def redirected(said: Words, login: str, text: Text) -> Words:
    """The same notice as it goes to one address while mail is tried out: it says first for whom it is, by login; no
    other address stands in it, and no tax or registry number, since somebody else reads it (D-4)."""
    who = masked_login(login)
    first = text("A trial: this message is meant for %(login)s, who has not got it.", login=who)
    subject = text("[for %(login)s] %(subject)s", login=who, subject=masked_of(said.subject, login))
    return Words(subject, f"{first}\n\n{masked_of(said.body, login)}")
