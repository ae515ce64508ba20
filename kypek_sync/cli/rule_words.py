"""Every rule of a seminar about one person, with its outcome and numbers, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.model import HELD, PersonKind, Seminar, Stance, Status
from kypek_sync.seminar.audience_words import said
from kypek_sync.seminar.choosing_words import choosing_lines, clash_lines
from kypek_sync.seminar.eligibility import Verdict
from kypek_sync.seminar.objections import EARLIER_EDITION, SAME_HOURS
from kypek_sync.sync.explanation import SeminarStory

KINDS = {
    PersonKind.TEACHER: "teacher",
    PersonKind.STAFF: "staff",
    PersonKind.PUPIL: "pupil",
    PersonKind.SCHOOL_ACCOUNT: "account of a school",
    PersonKind.SERVICE_ACCOUNT: "account of a service",
    PersonKind.UNKNOWN: "kind unknown",
}

CRITERIA = {
    "admitted-by-name": "admitted by name, whatever the rest says",
    "active-teacher": "an active account of a teacher or of staff",
    "account-active": "an active account of a teacher or of staff",
    "specialty": "specialty",
    "directorate": "directorate",
    "unit-kind": "kind of unit",
    "unit": "unit",
    "role": "role",
}


def rule_lines(one: SeminarStory, text: Text, *, unread: bool) -> Iterator[str]:
    """Every rule with its outcome and numbers: ✓ met, ✗ not met, · cannot be told."""
    seminar = one.offering.seminar
    if seminar.status is Status.CANCELLED:
        yield "✗ " + text("the seminar has been cancelled")
    yield from _window(one, seminar, text)
    yield from ("· " + line for line in choosing_lines(seminar, text))
    if not one.criteria and unread:
        yield "· " + text("the audience cannot be checked: the directory has not been read")
    elif not one.criteria:
        yield "· " + text("the audience cannot be checked: the login is not in the directory")
    for verdict in one.criteria:
        yield _criterion(verdict, text)
    places = one.places
    if places.capacity is None:
        yield "✓ " + text("no limit of seats; %(granted)s are granted", granted=places.granted)
    else:
        has_seat = one.seat is not None and one.seat.state in HELD
        yield (
            "✓ " if has_seat or places.granted + places.offered + places.under_approval < places.capacity else "✗ "
        ) + text(
            "seats granted: %(granted)s of %(capacity)s, people who wait: %(waiting)s",
            granted=places.granted,
            capacity=places.capacity,
            waiting=places.waiting,
        )
    if places.capacity is not None and (above := places.granted + places.offered - places.capacity) > 0:
        yield "· " + text("seats above those that there are: %(count)s; nobody moves up meanwhile", count=above)
    if places.offered:
        yield "· " + text("seats offered that wait for an answer: %(offered)s", offered=places.offered)
    if places.under_approval:
        yield "· " + text("seats kept that wait for an approval: %(count)s", count=places.under_approval)
    yield from _clashes(one, text)
    for part in places.parts:
        yield "· " + text(
            "part «%(part)s»: seats granted: %(granted)s of %(capacity)s, people who wait: %(waiting)s",
            part=part.name,
            granted=part.granted,
            capacity=part.capacity,
            waiting=part.waiting,
        )


def _clashes(one: SeminarStory, text: Text) -> Iterator[str]:
    """Other seminars at the same hours, and an earlier edition, with what follows from them."""
    beside, rule = one.beside, one.seat.rule if one.seat is not None else ""
    for clash in beside.clashes:
        mark = "✗ " if rule == SAME_HOURS else "· "
        yield mark + text("at the same hours they have a seat, or are offered one, in %(other)s", other=clash.line)
    if beside.edition is not None:
        other = f"«{beside.edition.title}» ({beside.edition.code})"
        mark = "✗ " if rule == EARLIER_EDITION else "· "
        yield mark + text("they had a seat in an earlier edition: %(other)s", other=other)
    hours = beside.stances.hours if beside.clashes else Stance.WARN
    edition = beside.stances.earlier_edition if beside.edition is not None else Stance.WARN
    yield from ("· " + line for line in clash_lines(hours, edition, text))


def _window(one: SeminarStory, seminar: Seminar, text: Text) -> Iterator[str]:
    opens, closes = seminar.registration_opens, seminar.registration_closes
    if opens is None and closes is None:
        yield "✓ " + text("registration is always open")
        return
    at = one.seat.applied_at if one.seat else next((wish.at for wish in one.wishes), None)
    inside = at is not None and (opens is None or at >= opens) and (closes is None or at <= closes)
    mark = "· " if at is None else "✓ " if inside else "✗ "
    yield mark + text("registration from %(opens)s to %(closes)s", opens=when(opens), closes=when(closes))


def _criterion(verdict: Verdict, text: Text) -> str:
    facts = dict(verdict.facts)
    name = text(CRITERIA.get(verdict.rule, verdict.rule))
    mark = "✓ " if verdict.passed else "✗ "
    if "wanted" not in facts:
        found = next((text(word) for kind, word in KINDS.items() if kind.value == facts.get("found")), "")
        return mark + (text("%(name)s (here: %(found)s)", name=name, found=found) if found else name)
    wanted, found = (said(verdict.rule, facts[key], text) for key in ("wanted", "found"))
    return mark + text(
        "%(name)s: for %(wanted)s; the directory says %(found)s",
        name=name,
        wanted=wanted,
        found=found or text("nothing"),
    )
