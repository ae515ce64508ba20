"""`directory person LOGIN`: all that is known of one person; registry numbers and their hashes are not shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.leaving_words as leaving_words
import kypek_sync.cli.switching_words as switching_words
import kypek_sync.cli.two_holders as two_holders
from kypek_sync.cli.context import Said
from kypek_sync.cli.directory_choice import LEVELS, Json, Kypek, directories, finding_plain
from kypek_sync.cli.directory_words import another_source, had_logins
from kypek_sync.cli.doubt_words import Wording, sayer
from kypek_sync.cli.foreign_words import finding_word
from kypek_sync.cli.masking import login_shown, mail_shown
from kypek_sync.cli.rule_words import KINDS
from kypek_sync.cli.tables import when
from kypek_sync.cli.two_holders import TwoHolders
from kypek_sync.cli.unit_words import called, missing, served_words
from kypek_sync.language import Text
from kypek_sync.ledger import changes_of_people, findings, lookups, persons
from kypek_sync.ledger.changes_of_people import Changed, Value
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.findings import Found
from kypek_sync.ledger.lookups import Identifier
from kypek_sync.ledger.matching import STRONG
from kypek_sync.ledger.people import Known
from kypek_sync.model import PersonKind, Unit
from kypek_sync.seminar.audience_words import role_word
from kypek_sync.seminar.serving import Placed
from kypek_sync.seminar.serving import kypeks as serving_kypeks
from kypek_sync.sync.directory.leaving import Goer, all_places, goer
from kypek_sync.sync.directory.scopes import replaced
from kypek_sync.sync.directory.serving import served
from kypek_sync.sync.directory.unread import Unread, unread
from kypek_sync.sync.installation import Installation

IDENTIFIERS = {
    "entry-uuid": "identifier of the entry (entryUUID)",
    "registry": "registry or tax number, kept as a keyed hash",
    "login": "login %(login)s",
}
FIELDS = {
    "login": "login",
    "surname": "surname",
    "given_name": "given name",
    "kind": "kind of account",
    "active": "state of the account",
    "units": "units",
    "specialties": "specialties",
    changes_of_people.NUMBER: "registry number",
}
NAMES = frozenset({"surname", "given_name"})


@dataclass(frozen=True, slots=True)
class Story:
    """One person as a directory shows and has shown them. `units` are those that they have or had and the directory
    has, by id; `placed` where each of their units belongs; `goer` is set while they are leaving, `said` words a
    finding; `holders` are those between whom a person has to decide whose the login is; `unread` is set where the
    directory of the settings has shown nobody yet, and all this is as the one before it showed."""

    known: Known
    logins: tuple[str, ...]
    units: dict[str, Unit]
    placed: tuple[Placed, ...]
    identifiers: tuple[Identifier, ...]
    changes: tuple[Changed, ...]
    findings: tuple[Found, ...]
    said: Wording
    goer: Goer | None
    holders: TwoHolders | None
    unread: Unread | None = None


def person(
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="The login.")],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """All that is known of one person; their registry number is not."""
    its = shared.of(context)
    wanted = login.strip().lower()
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        sources = directories(its, inst, kypek)
        waits = {source: unread(connection, inst, source) for source in sources}
        looked = {source: one.source if one is not None else source for source, one in waits.items()}
        # Of another KYPEK of these settings still: who is known there is told once.
        mine = {at: source for source, at in sorted(looked.items(), key=lambda one: waits[one[0]] is None)}
        found = [(at, known) for at in sorted(mine) if (known := lookups.person(connection, at, wanted))]
        told = switching_words.unread_lines(waits.values(), its.text)
        told += [another_source(one, its.text) for one in sorted(mine) if replaced(connection, inst, one)]
        if not found:
            unknown = "Whether %(login)s is in the directory is not known." if told else ""
            sentence = its.text(unknown or "Nobody is called %(login)s in the directory", login=login_shown(wanted))
            raise Said("\n".join((*told, sentence + choosing.login_hint(its.text, connection, sorted(mine), wanted))))
        stories = [_story(connection, inst, at, known, waits[mine[at]]) for at, known in found]
    if as_json:
        its.json([_machine(story) for story in stories])
        return
    for line in told:
        its.out.print(line, markup=False)
    for story in stories:
        for line in _lines(story, its.text):
            its.out.print(line, markup=False)


def plain(known: Known) -> dict[str, Any]:
    """Somebody for machines, without the keys: keyed hashes are nobody's business."""
    shown: dict[str, Any] = dump(known.person)
    del shown["keys"], shown["number_kind"]
    return shown | {"leaving": known.leaving_since is not None, "gone": known.gone_at is not None}


def _story(connection: Connection, inst: Installation, source: str, known: Known, waits: Unread | None = None) -> Story:
    changes = changes_of_people.history(connection, known.id)
    had = {unit for one in changes if one.change.field == "units" for unit in _units_of(one)}
    roles = {role.unit for role in known.person.roles}
    logins = lookups.logins(connection, known.id)
    odd = findings.about(connection, source, {known.person.login, *logins})
    return Story(
        known=known,
        logins=tuple(logins),
        units=persons.units(connection, source, {*known.person.units, *had, *roles}),
        placed=served(connection, inst, source, known.person),
        identifiers=tuple(lookups.identifiers(connection, known.id)),
        changes=tuple(changes),
        findings=tuple(odd),
        said=sayer(connection, inst, odd),
        goer=_goer(connection, inst, source, known),
        holders=None if waits is not None else two_holders.two_holders(connection, inst, source, known.person.login),
        unread=waits,
    )


def _goer(connection: Connection, inst: Installation, source: str, known: Known) -> Goer | None:
    """Somebody who is leaving this directory, with their places in all KYPEKs that use it."""
    if known.leaving_since is None or known.gone_at is not None:
        return None
    return all_places(goer(connection, inst, one, known.id) for one in sorted(inst.sharing(source)))


def _units_of(one: Changed) -> Iterator[str]:
    for value in (one.change.before, one.change.after):
        if isinstance(value, tuple):
            yield from value


def _lines(story: Story, text: Text) -> Iterator[str]:
    known, someone = story.known, story.known.person
    yield f"{someone.name} ({login_shown(someone.login)})"
    facts = (text(KINDS[someone.kind]), *someone.specialties, mail_shown(someone))
    yield "  " + ", ".join(part for part in facts if part)
    if not someone.active:
        yield "  " + text("the account is not active")
    yield from ("  " + line for line in _places(story, text))
    if former := [login for login in story.logins if login != someone.login]:
        yield "  " + had_logins(former, text)
    yield "  " + text("known since %(when)s", when=when(known.first_seen))
    if known.gone_at is not None:
        yield "  " + text("gone from the directory since %(when)s", when=when(known.gone_at))
    elif story.goer is not None:
        yield "  " + leaving_words.departure(story.goer, text) + "."
        yield "  " + leaving_words.places(story.goer, text)
    if story.holders is not None:
        yield from ("  " + line for line in two_holders.lines(story.holders, text))
    yield "  " + text("Recognised by:")
    yield from ("    " + _identifier(one, text) for one in story.identifiers)
    if story.changes:
        yield "  " + text("What changed:")
        hidden = passed_on(story.changes, story.identifiers)
        yield from ("    " + _changed(one, story.units, hidden, text) for one in story.changes)
    for one in story.findings:
        level, word = text(LEVELS[one.finding.level]), finding_word(one.finding.code, text)
        yield f"  {level}, {word} ({when(one.first_seen)}): {story.said(one, text)}"


def _places(story: Story, text: Text) -> Iterator[str]:
    """Where they serve, with the directorate and the KYPEK of each unit, and the roles."""
    for one in story.placed:
        known = story.units.get(one.unit.id)
        if known is None:
            yield text("serves at %(unit)s, which the directory does not have", unit=called(one.unit.id))
        else:
            yield text("serves at %(unit)s (%(directorate)s)", unit=known.name, directorate=known.directorate or "–")
        yield "  " + served_words(one, text)
    for role in story.known.person.roles:
        there = story.units[role.unit].name if role.unit in story.units else missing(role.unit, text)
        yield text("role %(role)s", role=role_word(role.role, text)) + f" ({there})"


def _identifier(one: Identifier, text: Text) -> str:
    name = text(IDENTIFIERS[one.kind], login=login_shown(one.value)) if one.kind in IDENTIFIERS else one.kind
    if one.disputed:
        return text("%(name)s: shown since %(since)s, but it is another person's", name=name, since=when(one.last_seen))
    if one.until is not None:
        moments = {"since": when(one.first_seen), "until": when(one.until)}
        return text("%(name)s: from %(since)s until %(until)s", name=name, **moments)
    return text("%(name)s: since %(since)s", name=name, since=when(one.first_seen))


def passed_on(changes: Collection[Changed], identifiers: Collection[Identifier]) -> frozenset[datetime]:
    """When surname and given name became others at once, and no key but the login says that it is one person still: the
    names before are perhaps those of whoever had the login until then, who is nobody's business here (design, rule 16;
    `ledger.matching` doubts a login by the same two names)."""
    renamed: dict[datetime, set[str]] = {}
    for one in changes:
        renamed.setdefault(one.at, set()).add(one.change.field)
    strong = [key for key in identifiers if key.kind in STRONG and not key.disputed]
    return frozenset(
        at
        for at, fields in renamed.items()
        if fields >= NAMES and not any(key.first_seen < at and (key.until is None or key.until > at) for key in strong)
    )


def _changed(one: Changed, units: dict[str, Unit], hidden: Collection[datetime], text: Text) -> str:
    field = one.change.field
    before, after = (_value(field, value, units, text) for value in (one.change.before, one.change.after))
    if one.at in hidden and field in NAMES:
        before = text("(perhaps of the login's former holder)")
    name = text(FIELDS[field]) if field in FIELDS else field
    if field == changes_of_people.NUMBER:
        return f"{when(one.at)}  {name}: {text('changed')}"
    return f"{when(one.at)}  {name}: {before} → {after}"


def _value(field: str, value: Value, units: dict[str, Unit], text: Text) -> str:
    if isinstance(value, bool):
        return text("the account is active") if value else text("the account is not active")
    if isinstance(value, tuple):
        names = [_unit(one, units, text) if field == "units" else one for one in value]
        return ", ".join(names) or "–"
    if field == "kind" and value in set(PersonKind):
        return text(KINDS[PersonKind(value)])
    return (login_shown(value) if field == "login" else value) or "–"


def _unit(identity: str, units: dict[str, Unit], text: Text) -> str:
    return units[identity].name if identity in units else missing(identity, text)


def _machine(story: Story) -> dict[str, Any]:
    """For machines: moments in ISO 8601, UTC."""
    shown = plain(story.known) | {"logins": list(story.logins)}
    shown["in_doubt"] = story.holders.as_dict() if story.holders else None
    shown["departure"] = story.goer.as_dict() if story.goer else None
    shown["unread"] = switching_words.unread_plain(story.unread) if story.unread else None
    shown["kypeks"] = list(serving_kypeks(story.placed))
    shown["served"] = [
        {"unit": one.unit.id, "name": one.unit.name, "kypek": one.kypek, "way": one.way.value} for one in story.placed
    ]
    shown["identifiers"] = [
        {"kind": one.kind, "login": one.value, "disputed": one.disputed}
        | {"first_seen": one.first_seen.isoformat(), "last_seen": one.last_seen.isoformat()}
        | {"until": one.until.isoformat() if one.until else None}
        for one in story.identifiers
    ]
    hidden = passed_on(story.changes, story.identifiers)
    shown["changes"] = [
        {"at": one.at.isoformat(), "field": one.change.field}
        | {"before": None if one.at in hidden and one.change.field in NAMES else one.change.before}
        | {"after": one.change.after}
        for one in story.changes
    ]
    return shown | {"findings": [finding_plain(one) for one in story.findings]}
