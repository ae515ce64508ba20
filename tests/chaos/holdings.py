"""What a run left on the servers and in the ledger, by meaning: titles, references, logins, roles and states, no ids
and no times. Two runs of one story are compared by it.

Left out, because it rightly depends on when the engine looked:

- who is in a group of an eClass course without being in the course: eClass keeps them there when they leave (E-26) and
  has no call that takes anybody out of a group;
- the title of an eClass course: its API cannot change a title, so it is the one at the course's making;
- tickets that are closed: a cause that came and went between two looks (a server away for a moment) deserved none;
- notes on tickets: one for each change of a list that was seen (a note that is there twice is counted);
- letters about states that did not last, and about giving back what one may never have been told of;
- presence in rooms, runs, reads and everything else that says when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text

from kypek_sync.ledger import outbox, seats
from kypek_sync.ledger.journal_check import unexplained, verify
from kypek_sync.ledger.tables import claims, holds, intents, leases
from kypek_sync.notices.folding import letters_of
from kypek_sync.sandbox.start import Sandbox
from kypek_sync.sync.installation import Installation
from tests.chaos.place import Place

KYPEK = "att-a"
Held = dict[str, dict[str, Any]]
"""Part → name → what is there."""


@dataclass(frozen=True)
class Holdings:
    """`compared` must be equal in both runs; `wrong` must be empty in each."""

    compared: Held
    wrong: tuple[str, ...]
    mails: int
    doubled: int
    entries: int


def take(place: Place, sandbox: Sandbox, inst: Installation) -> Holdings:
    """Everything that matters of one run, at rest."""
    wrong: list[str] = []
    with inst.ledger.begin(keep=False) as connection:
        compared = {
            "eclass course": _named(_eclass(sandbox), wrong, "eClass course"),
            "moodle course": _named(_moodle(sandbox), wrong, "Moodle course"),
            "open ticket": _named(_tickets(place, sandbox, wrong), wrong, "ticket"),
            # A room keeps the title of the moment when it was opened, which a kill may put off: none is ever renamed.
            "open room": {m.meeting_id: "open" for m in sandbox.worlds.bbb.meetings() if m.ended is None},
            **_ledger(connection),
        }
        mails, doubled = _mails(connection, sandbox, wrong)
        wrong += _leftovers(connection)
        wrong += [f"the journal does not explain: {each}" for each in unexplained(connection, KYPEK)]
    wrong += _unlike(compared)
    chain = verify(inst.ledger, KYPEK)
    wrong += [f"the journal's chain is broken at {each.number}: {each.fault} {each.detail}" for each in chain.breaks]
    return Holdings(compared, tuple(wrong), mails, doubled, chain.head.number)


def differences(disturbed: Held, undisturbed: Held) -> list[str]:
    """In words, by name; empty where both are the same."""
    found = []
    for part in sorted({*disturbed, *undisturbed}):
        one, other = disturbed.get(part, {}), undisturbed.get(part, {})
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                there, wanted = one.get(name, "not there"), other.get(name, "not there")
                found.append(f"{part} {name}: {_apart(there, wanted)}")
    return found


def _apart(there: Any, wanted: Any) -> str:
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        keys = sorted(k for k in {*there, *wanted} if there.get(k) != wanted.get(k))
        return "; ".join(f"{k}: {_apart(there.get(k), wanted.get(k))}" for k in keys)
    if isinstance(there, frozenset) and isinstance(wanted, frozenset):
        return f"too much {sorted(there - wanted)}, missing {sorted(wanted - there)}"
    return f"{there!r}, undisturbed {wanted!r}"


def _named(pairs: Iterator[tuple[str, Any]], wrong: list[str], what: str) -> dict[str, Any]:
    """By name; a second one of a name is a doublet."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            wrong.append(f"{what} {name} is there twice")
        found[name] = value
    return found


def _eclass(sandbox: Sandbox) -> Iterator[tuple[str, Any]]:
    world = sandbox.worlds.eclass
    for course in world.courses():
        inside = {m.username: m.role for m in world.members(course.code)}
        groups = Counter(g.name for g in world.groups(course.code))
        places = {
            g.name: frozenset(m.username for m in world.group_members(g.id) if m.username in inside)
            for g in world.groups(course.code)
        }
        _, _, ours = course.title.rpartition("[")
        name = ours.rstrip("]") if course.title.endswith("]") else course.title
        yield name, {"members": frozenset(inside.items()), "groups": dict(groups), **places}


def _moodle(sandbox: Sandbox) -> Iterator[tuple[str, Any]]:
    world = sandbox.worlds.moodle
    for course in world.courses():
        people = Counter((e.username, e.method, e.roles, e.suspended) for e in world.enrolments(course.id))
        groups = Counter(g.name for g in world.groups(course.id))
        places = {f"group {g.name}": frozenset(g.members) for g in world.groups(course.id)}
        facts = {"title": course.fullname, "members": frozenset(people.items()), "groups": dict(groups), **places}
        yield course.idnumber or course.fullname, facts


def _tickets(place: Place, sandbox: Sandbox, wrong: list[str]) -> Iterator[tuple[str, Any]]:
    """Open ones by our reference; every note must be there once."""
    if place.helpdesk == "rt":
        world = sandbox.worlds.rt
        for ticket in world.tickets():
            # A list that changes to and fro is told each time, in the same words under another key.
            notes = Counter(f"{n.text} {sorted(n.fields.items())}" for n in world.transactions(ticket.id) if n.text)
            yield from _ticket(ticket.fields, ticket.subject, ticket.status, notes, wrong, ("resolved", "rejected"))
        return
    for issue in sandbox.worlds.soap.tickets():
        notes = Counter(n.text for n in issue.notes)
        yield from _ticket(issue.fields, issue.summary, issue.status, notes, wrong, (80, 90))


def _ticket(
    fields: Mapping[str, str],
    subject: str,
    state: object,
    notes: Counter[str],
    wrong: list[str],
    closed: tuple[object, ...],
) -> Iterator[tuple[str, Any]]:
    ref = fields.get("KypekRef") or subject
    wrong += [f"ticket {ref}: a note is there {n} times: {note[:60]!r}" for note, n in notes.items() if n > 1]
    if state not in closed:
        yield ref, subject


def _ledger(connection: Connection) -> Held:
    decided = [seat for those in seats.decided(connection, KYPEK).values() for seat in those.values()]
    standing = {f"{s.seminar} {s.login}": s.state.value for s in decided if s.state.value != "withdrawn"}
    last: dict[str, str] = {}
    for row in outbox.listed(connection, KYPEK):
        last[f"{row.notice.cause.removeprefix('seat:')} {row.notice.login}"] = row.notice.kind
    owned = select(claims.c.system, claims.c.kind, claims.c.object, claims.c.login)
    waiting = select(holds.c.guard, holds.c.seminar, holds.c.system).where(holds.c.state == "open")
    return {
        "seat": standing,
        "last letter": {name: kind for name, kind in last.items() if name in standing},
        "ours": {" ".join(row): "claimed" for row in connection.execute(owned)},
        "hold": {" ".join(row): "waits" for row in connection.execute(waiting)},
    }


def _mails(connection: Connection, sandbox: Sandbox, wrong: list[str]) -> tuple[int, int]:
    """How many letters came, and how many of them more than once: then with the same Message-ID and the same words."""
    came: dict[str, list[tuple[str, ...]]] = {}
    for one in sandbox.mail.messages():
        body = one.message.get_body(("plain",))
        said = (*one.recipients, one.message["Subject"], body.get_content() if body is not None else "")
        came.setdefault(one.message["Message-ID"], []).append(said)
    wrong += [f"the letter {key} came with different words" for key, those in came.items() if len(set(those)) > 1]
    rows = outbox.listed(connection, KYPEK)
    went = sorted((row for row in rows if row.sent is not None), key=lambda row: not row.notice.urgent)
    sent = {those[0].message_id for those in letters_of(went)}  # several notices may be one letter (`notices.folding`)
    wrong += [f"the letter {key} counts as sent and never came" for key in sorted(sent - set(came))]
    wrong += [f"the letter {key} is in no outbox" for key in sorted(set(came) - {row.message_id for row in rows})]
    lasting = [row for row in rows if row.sent is None and (row.given_up or "no e-mail" not in row.problem)]
    wrong += [f"the letter {row.message_id} was not sent: {row.problem}" for row in lasting]
    return sum(len(those) for those in came.values()), sum(len(those) - 1 for those in came.values())


def _leftovers(connection: Connection) -> list[str]:
    """What a death may leave behind in the ledger and the next pass must clear away."""
    unclear = connection.execute(select(intents).where(intents.c.settled.is_(False)))
    found = [f"unsettled intent: {i.verb} {i.system} {i.seminar} {i.object} {i.login}" for i in unclear]
    held = connection.execute(select(leases).where(leases.c.holder != ""))
    found += [f"lease of {row.lane} left behind by {row.holder}" for row in held]
    (sound,) = connection.execute(text("PRAGMA integrity_check")).one()
    return found + ([] if sound == "ok" else [f"the ledger's file is damaged: {sound}"])


def _unlike(compared: Held) -> list[str]:
    """Seats of the ledger against the groups that show them."""
    wrong = []
    granted: dict[str, set[str]] = {}
    for name, state in compared["seat"].items():
        seminar, _, login = name.partition(" ")
        if state == "granted":
            granted.setdefault(seminar, set()).add(login)
    for seminar, logins in granted.items():
        for part, key in (("eclass course", seminar), ("moodle course", f"kypek:{KYPEK}:{seminar}")):
            course = compared[part].get(key)
            inside = course and course.get("Συμμετέχοντες" if part == "eclass course" else "group Συμμετέχοντες")
            if inside is not None and inside - logins:
                wrong.append(f"{part} {key}: in the group without a seat: {sorted(inside - logins)}")
    return wrong
