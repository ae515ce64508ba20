"""What people have to do by hand, in words: a line for each, and the ticket to those who look after a platform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kypek_sync.contract import masked, masked_login, masked_name
from kypek_sync.language import Text
from kypek_sync.seminar.by_hand import Kind
from kypek_sync.seminar.cases import Case, reference

_LINES = {
    Kind.TITLE: "Give the course this title",
    Kind.PAGE: "Put this line into the description of the course",
    Kind.ANNOUNCEMENT: "Post this announcement in the course",
    Kind.DATES: "Put these dates into the calendar of the course",
    Kind.SIGN_IN: "Sign in once with the school-network account",
    Kind.LEAVE_GROUP: "Take them out of the group «Συμμετέχοντες»: they have no seat any more",
    Kind.TEACHER: "Make the officer of the structure a teacher of the course",
    Kind.UNNAMED: "See to what stays in this course, which the programme does not name any more",
}


@dataclass(frozen=True, slots=True, order=True)
class Undone:
    """Something that only those who look after a platform can do: `name` is whom it concerns, as the platform or the
    directory calls them; `link` where it is done."""

    system: str
    kind: str
    seminar: str
    login: str
    name: str
    link: str


def line(kind: Kind, text: Text) -> str:
    """What is to be done, in one line."""
    return text(_LINES[kind])


def platform_cases(kypek: str, undone: Iterable[Undone], text: Text) -> list[Case]:
    """One case for each platform with a list of all that waits there, closed when nothing does. Who looks after a
    platform needs no tax or registry number: a login that is one is known by its last digits and the name (D-4)."""
    groups: dict[str, list[Undone]] = {}
    for one in sorted(undone):
        groups.setdefault(one.system, []).append(one)
    found = []
    for system, those in sorted(groups.items()):
        lines = [text("Its interface cannot be asked to do this; please do it there by hand:")]
        lines += _courses([one for one in those if one.kind == Kind.TEACHER.value], text)
        lines += _people([one for one in those if one.kind == Kind.LEAVE_GROUP.value], text)
        lines.append(text("This case closes by itself when it is done."))
        subject = text("Work by hand on %(system)s", system=system)
        found.append(Case(reference(kypek, "by-hand", system), "by-hand", subject, masked("\n".join(lines))))
    return found


def _courses(those: list[Undone], text: Text) -> list[str]:
    if not those:
        return []
    return [
        "",
        f"{line(Kind.TEACHER, text)}:",
        *(text("- seminar %(seminar)s: %(link)s", seminar=one.seminar, link=one.link) for one in those),
    ]


def _people(those: list[Undone], text: Text) -> list[str]:
    if not those:
        return []
    lines = ["", f"{line(Kind.LEAVE_GROUP, text)}:"]
    for seminar, link in dict.fromkeys((one.seminar, one.link) for one in those):
        mine = [one for one in those if one.seminar == seminar]
        who = ", ".join(_who(one) for one in mine)
        lines.append(text("- seminar %(seminar)s, %(link)s: %(people)s", seminar=seminar, link=link, people=who))
    return lines


def _who(one: Undone) -> str:
    login = masked_login(one.login)
    return f"{login} ({masked_name(one.name)})" if one.name else login
