"""`explain LOGIN`: why somebody has or has not a seat, in Greek unless `--lang` says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.leaving_words as leaving_words
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.directory_words import had_logins
from kypek_sync.cli.foreign_words import reason_worded, worded
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.pausing import pause_line
from kypek_sync.cli.pins import pin_line
from kypek_sync.cli.plan_words import JOIN, VERBS
from kypek_sync.cli.rule_words import KINDS, rule_lines
from kypek_sync.cli.ruling_words import ruling_line
from kypek_sync.cli.runs import deed_line
from kypek_sync.cli.sharing_words import seminar_lines
from kypek_sync.cli.switching_words import unread_lines, unread_plain
from kypek_sync.cli.tables import when
from kypek_sync.cli.unit_words import called, served_lines
from kypek_sync.language import Text
from kypek_sync.ledger import persons
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.decisions import Decision
from kypek_sync.ledger.holds import Hold, HoldState
from kypek_sync.ledger.outbox import Row
from kypek_sync.model import PLACES, Person, PersonKind, Seat, SeatState, Seminar
from kypek_sync.notices.wording import words
from kypek_sync.seminar.applications import LIST, PAGE
from kypek_sync.seminar.audience_words import role_word
from kypek_sync.seminar.reasons import reason, state_word
from kypek_sync.seminar.serving import label_of
from kypek_sync.sync.directory.leaving import all_places
from kypek_sync.sync.explanation import SeminarStory, Story
from kypek_sync.sync.explanation import explain as tell
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.unsure import in_doubt

FROZEN = {
    "withdrawals": "Nobody moves up in this seminar until a person decides about its withdrawals: `kypek-sync holds "
    "show %(id)s`, then `holds approve %(id)s` or `holds reject %(id)s`. %(why)s",
    "departures": "Places of people who seem to have left the directory are given to nobody until a person decides: "
    "`kypek-sync holds show %(id)s`, then `holds approve %(id)s` or `holds reject %(id)s`. %(why)s",
}
"""What a hold on a whole seminar means to somebody in it, by its guard."""
COURSE_WAITS = (
    "The seminar's course waits for a person, and everybody's place in it: `kypek-sync holds show %(id)s`, then `holds "
    "approve %(id)s` or `holds reject %(id)s`. %(why)s"
)


NOT_THEIRS = (
    "It is of whoever had the login %(login)s before, not of %(name)s. Who that was: `kypek-sync directory person "
    "%(login)s`."
)
TEACHES_TOO = (
    "Teaches in the course on %(system)s by now: the place stands until the structure decides by `kypek-sync seats "
    "refuse` or `seats swap`, or until they are a student there again; waiting, they do not move up."
)
TEACHES = "Teaches in the course on %(system)s: whoever runs a course does not apply for it."
NOT_HERE_BUT_WHERE = (
    "serves at %(unit)s, which the directory does not have: only its directorate is known (%(directorate)s); rules "
    "about units and their kinds are not met by it"
)
NOT_HERE = (
    "serves at %(unit)s, which the directory does not have: no rule about directorates, units and their kinds is met "
    "by it"
)
NO_UNIT_BUT_WHERE = "the directory names no unit of theirs: rules about units and their kinds are not met"
NO_UNIT = "the directory names no unit of theirs: rules about directorates, units and their kinds are not met"


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command()(explain)


def explain(
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="The person's login.")],
    seminar: Annotated[str, typer.Option("--seminar", help="Only this seminar, by its code.")] = "",
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Why this person has or has not a seat: who they are, their application, every rule, every step."""
    its = _in_greek(shared.of(context))
    wanted = login.strip().lower()
    with its.installation() as inst:
        chosen = choosing.kypeks(its, inst, kypek)
        if seminar:
            with inst.ledger.begin(keep=False) as connection:
                chosen = [one.kypek for one in choosing.seminars(its, inst, connection, seminar, kypek)]
        stories = [tell(inst, one, wanted, seminar) for one in chosen]
        told = [story for story in stories if story.seminars] or stories[:1]
        if not any(story.known or story.seminars for story in stories):
            raise Said(_unknown(its, inst, chosen, wanted, stories))
    if as_json:
        its.json([_plain(story) for story in told])
        return
    goer = all_places(story.goer for story in told)
    for line in _person(replace(told[0], goer=goer), its.text):
        its.out.print(line, markup=False)
    for line in unread_lines((story.unread for story in told), its.text):
        its.out.print("  " + line, markup=False)
    for story in told:
        for one in story.seminars:
            its.out.print()
            for line in _seminar(its, story, one):
                its.out.print(line, markup=False)
    if not any(story.seminars for story in told):
        its.out.print(its.text("No application of theirs was seen."))


def _in_greek(its: Context) -> Context:
    return replace(its, language=its.asked or "el")


def _unknown(its: Context, inst: Installation, kypeks: list[str], login: str, stories: list[Story]) -> str:
    if waits := unread_lines((story.unread for story in stories), its.text):
        nothing = its.text(
            "No application of %(login)s was seen, and nobody knows who that is.", login=login_shown(login)
        )
        return "\n".join([nothing, *waits])
    directories = sorted({inst.kypek(one).directory for one in kypeks} - {""})
    sentence = its.text("Nobody is called %(login)s, and nobody of that name has applied", login=login_shown(login))
    with inst.ledger.begin(keep=False) as connection:
        if any(persons.anybody(connection, directory) for directory in directories):
            return sentence + choosing.login_hint(its.text, connection, directories, login)
    return sentence + ". " + its.text("No directory has been read yet: `kypek-sync directory refresh`.")


def _person(story: Story, text: Text) -> Iterator[str]:
    if story.known is None and story.unread is not None:
        yield text("Whether %(login)s is in the directory is not known.", login=login_shown(story.login))
        return
    if story.known is None:
        yield text("%(login)s is not in the directory.", login=login_shown(story.login))
        return
    person = story.known.person
    yield f"{person.name} ({login_shown(person.login)}): {_is(person, text)}"
    for unit in story.units:
        yield "  " + text("serves at %(unit)s (%(directorate)s)", unit=unit.name, directorate=unit.directorate or "–")
    yield from ("  " + line for line in (*served_lines(story.placed, text), *_nowhere(story, text)))
    for role in person.roles:
        yield "  " + text("role %(role)s", role=role_word(role.role, text))
    if former := [login for login in story.logins if login != person.login]:
        yield "  " + had_logins(former, text)
    for doubt in story.doubts:
        yield "  " + in_doubt(doubt, text)
    if story.known.gone_at is not None:
        yield "  " + text("gone from the directory since %(when)s", when=when(story.known.gone_at))
    elif story.goer is not None:
        yield "  " + leaving_words.departure(story.goer, text) + "."
        yield "  " + leaving_words.places(story.goer, text)


def _nowhere(story: Story, text: Text) -> Iterator[str]:
    """Units that the directory does not have, or that it names none, and what follows for audiences: a directorate is
    told by the address of a unit, its kind, code and name only by the unit itself."""
    for identity in story.unknown:
        if label := label_of(identity):
            yield text(NOT_HERE_BUT_WHERE, unit=called(identity), directorate=label)
        else:
            yield text(NOT_HERE, unit=called(identity))
    someone = story.known.person if story.known is not None else None
    if someone is not None and someone.kind in (PersonKind.TEACHER, PersonKind.STAFF) and not someone.units:
        yield text(NO_UNIT_BUT_WHERE if someone.directorates else NO_UNIT)


def _is(person: Person, text: Text) -> str:
    facts = [text(KINDS[person.kind])]
    if person.specialties:
        facts.append(", ".join(person.specialties))
    if not person.active:
        facts.append(text("the account is not active"))
    return ", ".join(facts)


def _seminar(its: Context, story: Story, one: SeminarStory) -> Iterator[str]:
    text, seminar = its.text, one.offering.seminar
    yield f"{seminar.code} · {seminar.title} ({story.kypek})"
    yield "  " + text("from %(source)s", source=seminar.source.said(text))
    if not one.offering.approved:
        yield "  " + text("It is a draft that waits for approval: nothing is decided yet.")
    yield from ("  " + line for line in seminar_lines(story.shared, seminar.code, text))
    yield from ("  " + worded(line, text) for line in one.otherwise)
    if not one.wishes:
        yield "  " + text("No application was seen.")
    for wish in one.wishes:
        applied = _application(wish.system, when(wish.at), when(wish.first_seen), text, exact=wish.exact)
        yield "  " + applied + _part(seminar, wish.part, text)
        if wish.withdrawn_at is not None:
            yield "    " + text("withdrawn, proven on %(when)s", when=when(wish.withdrawn_at))
    for system in one.teaches:
        yield "    " + text(
            TEACHES_TOO if one.seat is not None and one.seat.state in PLACES else TEACHES, system=system
        )
    if one.seat is not None:
        seat = text("Seat: %(state)s. %(why)s", state=state_word(one.seat.state, text), why=reason(one.seat, text))
        yield "  " + seat + _part(seminar, one.seat.part, text)
        if story.known is not None and one.seat.person not in ("", story.known.id):
            facts = {"login": login_shown(one.seat.login), "name": story.known.person.name}
            yield "    " + text(NOT_THEIRS, **facts)
    yield "  " + text("Rules:")
    yield from ("    " + line for line in rule_lines(one, text, unread=story.unread is not None))
    yield from _steps(its, one)


def _application(system: str, at: str, seen: str, text: Text, *, exact: bool) -> str:
    if system == LIST:
        return text("Applied by a list or a decision of the structure; counts from %(at)s", at=at)
    if system == PAGE:
        return text("Applied on the seminar's page on %(at)s", at=at)
    if exact:
        return text(
            "Applied on %(system)s on %(at)s (its own time; seen by us on %(seen)s)", system=system, at=at, seen=seen
        )
    return text("Applied on %(system)s; first seen by us on %(at)s, which counts for the order", system=system, at=at)


def _part(seminar: Seminar, part: str, text: Text) -> str:
    """Of which part of a seminar a line speaks; empty where it has none."""
    name = seminar.part_name(part)
    return f" ({text('part «%(part)s»', part=name)})" if name else ""


def _steps(its: Context, one: SeminarStory) -> Iterator[str]:
    text = its.text
    if one.pause is not None:
        yield "  " + pause_line(one.pause, text)
    for pin in one.pins:
        yield "  " + pin_line(pin, text)
    for hold in one.holds:
        yield "  " + _hold(hold, text)
    for hold in one.freezing:
        yield "  " + text(FROZEN.get(hold.guard, COURSE_WAITS), id=hold.id, why=hold.why.said(text))
    yield from ("  " + ruling_line(recorded, text) for recorded in one.rulings)
    if one.decisions:
        yield "  " + text("Decisions:")
    for decision in one.decisions:
        yield "    " + _decision(decision, text)
    if one.deeds:
        yield "  " + text("What was asked of the platforms:")
    for deed in one.deeds:
        target = deed.change.target
        what = " ".join(part for part in (text(VERBS[deed.change.verb.value]), target.object) if part)
        yield f"    {what}, {target.system}: {deed_line(its, deed)}"
        if deed.change.because:
            yield "      " + text(
                "because: %(why)s", why=JOIN.join(reason_worded(one, text) for one in deed.change.because)
            )
    if one.notices:
        yield "  " + text("Told by mail:")
    for row in one.notices:
        yield "    " + _notice(row, text)


def _hold(hold: Hold, text: Text) -> str:
    if hold.state is HoldState.REJECTED:
        return text(
            "A change for this person was rejected with hold %(id)s by %(who)s on %(when)s: `kypek-sync holds show "
            "%(id)s`.",
            id=hold.id,
            who=hold.who,
            when=when(hold.decided),
        )
    return text(
        "A change for this person waits for approval: `kypek-sync holds show %(id)s`. %(why)s",
        id=hold.id,
        why=hold.why.said(text),
    )


def _decision(decision: Decision, text: Text) -> str:
    seat = Seat(decision.seminar, decision.login, "", SeatState(decision.after), decision.rule, decision.facts)
    place = dict(decision.facts).get("place", "")
    seat = Seat(seat.seminar, seat.login, "", seat.state, seat.rule, seat.facts, int(place) if place.isdigit() else 0)
    by = decision.who or (text("run %(run)s", run=decision.run) if decision.run is not None else text("a rule"))
    return f"{when(decision.at)}, {by}: {state_word(seat.state, text)}. {reason(seat, text)}"


def _notice(row: Row, text: Text) -> str:
    subject = words(row.notice.kind, dict(row.notice.facts), row.notice.login, text).subject
    if row.sent is not None:
        return text("«%(subject)s», sent on %(when)s", subject=subject, when=when(row.sent))
    if row.given_up:
        return text("«%(subject)s», given up: %(problem)s", subject=subject, problem=worded(row.problem, text))
    if row.problem:
        return text("«%(subject)s», not sent yet: %(problem)s", subject=subject, problem=worded(row.problem, text))
    return text("«%(subject)s», waits to be sent", subject=subject)


def _plain(story: Story) -> dict[str, Any]:
    return {
        "kypek": story.kypek,
        "login": story.login,
        "logins": list(story.logins),
        "person": _plain_person(story),
        "unread": unread_plain(story.unread) if story.unread else None,
        "leaving": story.goer.as_dict() if story.goer else None,
        "doubts": [{"login": one.login, "since": one.since.isoformat(), "codes": one.codes} for one in story.doubts],
        "seminars": [_plain_seminar(one) for one in story.seminars],
    }


def _plain_person(story: Story) -> dict[str, Any] | None:
    if story.known is None:
        return None
    shown: dict[str, Any] = dump(story.known.person)
    del shown["keys"], shown["number_kind"]  # keyed hashes are nobody's business
    return shown | {"units": [unit.name for unit in story.units]}


def _plain_seminar(one: SeminarStory) -> dict[str, Any]:
    return {
        "seminar": one.offering.seminar.code,
        "approved": one.offering.approved,
        "applications": [dump(wish) for wish in one.wishes],
        "teaches": list(one.teaches),
        "otherwise": list(one.otherwise),
        "seat": dump(one.seat) if one.seat else None,
        "criteria": [dump(verdict) for verdict in one.criteria],
        "places": dump(one.places),
        "decisions": [dump(decision) for decision in one.decisions],
        "rulings": [dump(recorded) for recorded in one.rulings],
        "deeds": [dump(deed) for deed in one.deeds],
        "pins": [dump(pin) for pin in one.pins],
        "pause": dump(one.pause) if one.pause else None,
        "holds": [{"id": hold.id, "guard": hold.guard, "state": hold.state.value} for hold in one.holds],
        "freezing": [{"id": hold.id, "guard": hold.guard, "state": hold.state.value} for hold in one.freezing],
        "notices": [
            {"message_id": r.message_id, "kind": r.notice.kind, "sent": dump(r)["sent"]}
            | {"problem": r.problem, "given_up": r.given_up}
            for r in one.notices
        ],
    }
