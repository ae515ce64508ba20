"""Whose a login is where the directory leaves it in doubt, and what a person decided about it (design, rule 12).

A login that another person got, and keys that contradict each other, take nothing from anybody and give nothing to
anybody: who applied under such a login, and has a seat, keeps both as they are until an administrator says whether its
holder is the *same* person as before or an*other* one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from kypek_sync.ledger import journal_facts
from kypek_sync.ledger.identity_tables import identity_decisions
from kypek_sync.ledger.matching import LOGIN, STRONG
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.persons import persons
from kypek_sync.ledger.settling_keys import owners, settle
from kypek_sync.ledger.shown import parts
from kypek_sync.ledger.tables import applications, findings, people, person_keys, seats
from kypek_sync.model import PLACES

REUSED = "login-reused"
"""The finding about a login that somebody of ours had before."""

DOUBTFUL = frozenset({REUSED, "login-shared", "keys-disagree", "entry-uuid-shared"})
"""Findings about a login after which it is not sure whose it is. A shared registry number is none of them: it is not
used to recognise anybody, and each entry has its other keys."""


class Verdict(StrEnum):
    """What a person said of the holder of a login: the same person as before, or another one."""

    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A login of which it is not sure whose it is. `holder` is who has it now, or had it last, by our id; `since` is
    when the doubt began: what was applied for under the login before is perhaps not theirs. `codes` are the findings
    that say so, `passed`: who applied under it was somebody else by our own records. `perhaps` are our ids of those
    whose keys the holder shows in dispute: perhaps it is them, under a new login."""

    login: str
    holder: str
    since: datetime
    codes: tuple[str, ...]
    passed: bool = False
    perhaps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Passed:
    """A login of which a person said that its `holder`, by our id, is another one than before. What was done under it
    before `since` is not theirs, or, of those in `ends`, by our ids, before that moment. `apart`: whoever had it before
    is known under another id, so that what is recorded as the holder's is theirs."""

    holder: str
    since: datetime
    apart: bool = False
    ends: Mapping[str, datetime] = field(default_factory=dict)

    def until(self, person: str) -> datetime | None:
        """Until when what is recorded under the login as this person's (empty: as nobody's) is not the holder's. None:
        it is, whenever it was."""
        return None if self.apart and person == self.holder else self.ends.get(person, self.since)

    def takes(self, person: str, at: datetime | None) -> bool:
        """Whether something that is recorded as this person's, since that moment, is not the holder's."""
        until = self.until(person)
        return until is not None and (at is None or at < until)


@dataclass(frozen=True, slots=True)
class Identities:
    """What is to be kept in mind of some logins: those in `doubt`, and those that are `others`' of which a person said
    so. `awaiting` are logins of which a person said so too, but whose former holder applied or may apply
    under another login that is still in doubt: what they had stays theirs until that is decided as well. `same` are
    logins of which a person said that their holder is the one who had them before."""

    doubts: Mapping[str, Doubt]
    others: Mapping[str, Passed]
    awaiting: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()

    @property
    def unsure(self) -> frozenset[str]:
        """The logins under which everything stays as it is."""
        return self.awaiting | self.doubts.keys()

    def inherited(self, login: str, person: str, at: datetime | None) -> bool:
        """Whether what is recorded under a login as another person's, since that moment, is its holder's: by what was
        decided of the login. Where nothing was, it is not."""
        if login in self.unsure:
            return False
        passed = self.others.get(login)
        return login in self.same or (passed is not None and not passed.takes(person, at))


def identities(
    connection: Connection,
    directory: str,
    known: Mapping[str, Known],
    recorded: Iterable[tuple[str, str]],
    elsewhere: Iterable[tuple[str, str]] = (),
) -> Identities:
    """Of the logins that are `known`, with who has or had each. `recorded` are (login, our id) of applications and
    seats under them, as they were decided; `elsewhere` the same of other KYPEKs that share the directory: whose a login
    is does not depend on who asks."""
    recorded = list(recorded)
    everywhere = [*recorded, *elsewhere]
    codes = _codes(connection, directory, {one.person.login for one in known.values()})
    holders = {login: one.id for login, one in known.items()} | _gone_since(connection, directory, known, everywhere)
    other_holder = {login for login, person in recorded if person and login in known and person != holders[login]}
    decided = _decided(connection, directory, {*known, *(one.person.login for one in known.values())})
    codes = _without_old_news(connection, directory, codes, decided)
    told_of = {login for login, one in known.items() if set(codes.get(one.person.login, ())) == {REUSED}}
    came = _came(connection, directory, {login: holders[login] for login in other_holder | told_of})
    doubts: dict[str, Doubt] = {}
    others: dict[str, Passed] = {}
    same: set[str] = set()
    for login, one in known.items():
        told = codes.get(one.person.login, {})
        if one.person.login != login and _settles(decided.get(one.person.login), one.id, told):
            told = {}  # said of the login that they have now: it is not asked again about one that they had
        if not told and login not in other_holder and login not in decided:
            continue
        decision = decided.get(login)
        if decision is not None and _settles(decision, holders[login], told):
            if decision[1] is Verdict.OTHER:
                mine = {person for one_login, person in everywhere if one_login == login}
                others[login] = passed(connection, directory, login, decision[0], decision[2], decision[3], mine)
            else:
                same.add(login)
            continue
        if told or login in other_holder:
            since = came.get(login) or min(told.values(), default=one.first_seen)
            doubts[login] = Doubt(login, holders[login], since, tuple(sorted(told)), passed=login in other_holder)
    whose = owners(connection, {one.holder for one in doubts.values()})
    doubts = {login: replace(one, perhaps=whose.get(one.holder, frozenset())) for login, one in doubts.items()}
    awaiting = _awaiting(doubts, others, holders, recorded)
    return Identities(
        doubts, {login: one for login, one in others.items() if login not in awaiting}, awaiting, frozenset(same)
    )


def passed(
    connection: Connection,
    directory: str,
    login: str,
    holder: str,
    since: datetime,
    decided: datetime,
    whose: Collection[str],
) -> Passed:
    """What follows for those, by our ids, as `whose` something is recorded under a login from the decision that its
    holder is another one. What was done by somebody who is known from another directory than this one is theirs up to
    the decision: our dates of the one say nothing about the other."""
    rows = connection.execute(
        select(person_keys).where(
            person_keys.c.directory == directory, person_keys.c.kind == "login", person_keys.c.value == login
        )
    ).all()
    keys = {row.person: row for row in rows}
    mine = keys[holder].last_seen if holder in keys else since
    apart = mine >= since or any(row.first_seen > mine for row in rows if row.person != holder)
    ends: dict[str, datetime] = {}
    for some in parts(sorted(set(whose) - {holder, ""})):
        query = select(people.c.id, people.c.directory, people.c.absent_since).where(people.c.id.in_(some))
        for row in connection.execute(query):
            until = keys[row.id].until if row.id in keys else None
            ended = decided if row.directory != directory else until or row.absent_since or since
            ends[row.id] = max(ended, since)
    return Passed(holder, since, apart, ends)


def recorded_under(
    connection: Connection, logins: Collection[str], kypeks: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """(login, our id) of the applications that stand and the places, granted or in a queue, under these logins: of
    these KYPEKs, or of all."""
    found: list[tuple[str, str]] = []
    held = seats.c.state.in_([state.value for state in PLACES])
    for some in parts(sorted(logins)):
        for table, stands in ((applications, applications.c.withdrawn_at.is_(None)), (seats, held)):
            query = select(table.c.login, table.c.person).where(table.c.login.in_(some), stands)
            if kypeks is not None:
                query = query.where(table.c.kypek.in_(sorted(kypeks)))
            found += [(row.login, row.person) for row in connection.execute(query)]
    return found


def _settles(
    decision: tuple[str, Verdict, datetime, datetime] | None, holder: str, told: Mapping[str, datetime]
) -> bool:
    """Whether a decision was about this holder, and after all that was found (each with its moment)."""
    return decision is not None and decision[0] == holder and all(at <= decision[3] for at in told.values())


def _awaiting(
    doubts: Collection[str], others: Collection[str], holders: Mapping[str, str], recorded: Iterable[tuple[str, str]]
) -> frozenset[str]:
    """Of the logins that became `others`', those whose former holder has, or perhaps has, a login that is not settled
    yet: two people who changed logins lose nothing between the two decisions about them."""
    former: dict[str, set[str]] = {login: set() for login in (*doubts, *others)}
    for login, person in recorded:
        if login in former and person and person != holders[login]:
            former[login].add(person)
    found: set[str] = set()
    while True:
        open_ones = {*doubts, *found}
        concerned = {person for login in open_ones for person in (holders[login], *former[login])}
        fresh = {login for login in others if login not in found and former[login] & concerned}
        if not fresh:
            return frozenset(found)
        found |= fresh


def _gone_since(
    connection: Connection, directory: str, known: Mapping[str, Known], recorded: Collection[tuple[str, str]]
) -> dict[str, str]:
    """Who had each of these logins last and is not there any more, where somebody who had it before them applied under
    it and is `known` by it again for want of another: what happened under the login meanwhile was not theirs."""
    left = {login for login, person in recorded if login in known and person == known[login].id}
    left = {login for login in left if known[login].person.login != login}
    last: dict[str, tuple[datetime, str]] = {}
    for some in parts(sorted(left)):
        query = select(person_keys.c.value, person_keys.c.person, person_keys.c.last_seen).where(
            person_keys.c.directory == directory, person_keys.c.kind == "login", person_keys.c.value.in_(some)
        )
        for row in connection.execute(query):
            last[row.value] = max((row.last_seen, row.person), last.get(row.value, (row.last_seen, "")))
    applied = set(recorded)
    return {login: person for login, (_, person) in last.items() if (login, person) not in applied}


def doubt(connection: Connection, directory: str, login: str, kypeks: Collection[str] | None = None) -> Doubt | None:
    """The doubt about one login, if there is any, by what is recorded in the KYPEKs that read the directory (None: all
    of the ledger do)."""
    known = persons(connection, directory, [login])
    recorded = recorded_under(connection, [login], kypeks)
    return identities(connection, directory, known, recorded).doubts.get(login)


def decide(
    connection: Connection,
    directory: str,
    about: Doubt,
    verdict: Verdict,
    who: str,
    why: str,
    now: datetime,
    kypeks: Collection[str],
) -> None:
    """Keep what a person said of a doubt; the journals of these KYPEKs tell it. Keys that were in dispute are settled
    by it."""
    recorded = {person for _, person in recorded_under(connection, [about.login], kypeks)} - {""}
    same = verdict is Verdict.SAME
    holder = settle(connection, directory, about.login, about.holder, now, same=same, recorded=recorded)
    where = (identity_decisions.c.directory == directory) & (identity_decisions.c.login == about.login)
    connection.execute(delete(identity_decisions).where(where))
    connection.execute(
        insert(identity_decisions).values(
            directory=directory,
            login=about.login,
            person=holder,
            verdict=verdict.value,
            since=about.since,
            at=now,
            who=who,
            why=why,
        )
    )
    journal_facts.identity_decided(connection, kypeks, about.login, holder, verdict.value, who, why, now)


def _codes(connection: Connection, directory: str, logins: Collection[str]) -> dict[str, dict[str, datetime]]:
    found: dict[str, dict[str, datetime]] = {}
    for some in parts(sorted(logins)):
        query = select(findings).where(
            findings.c.source == directory, findings.c.subject.in_(some), findings.c.code.in_(sorted(DOUBTFUL))
        )
        for row in connection.execute(query):
            found.setdefault(row.subject, {})[row.code] = row.first_seen
    return found


def _decided(
    connection: Connection, directory: str, logins: Collection[str]
) -> dict[str, tuple[str, Verdict, datetime, datetime]]:
    """(person, verdict, since, when decided) by login."""
    found: dict[str, tuple[str, Verdict, datetime, datetime]] = {}
    for some in parts(sorted(logins)):
        query = select(identity_decisions).where(
            identity_decisions.c.directory == directory, identity_decisions.c.login.in_(some)
        )
        for row in connection.execute(query):
            found[row.login] = (row.person, Verdict(row.verdict), row.since, row.at)
    return found


def _without_old_news(
    connection: Connection,
    directory: str,
    codes: Mapping[str, dict[str, datetime]],
    decided: Mapping[str, tuple[str, Verdict, datetime, datetime]],
) -> dict[str, dict[str, datetime]]:
    """The findings by login, each code with its moment. That a login had another owner is told anew when one of its
    holders was away and is back. That is no news where nobody else came to it since a person decided, and the one of
    whom it was decided still shows an entryUUID or a number that they had then: by the login alone it may be either."""
    anew = {
        login: decided[login]
        for login, told in codes.items()
        if login in decided and told.get(REUSED, decided[login][3]) > decided[login][3]
    }
    shown: set[str] = set()
    others: set[str] = set()
    mine = select(person_keys.c.person, person_keys.c.last_seen).where(
        person_keys.c.directory == directory,
        person_keys.c.kind.in_(STRONG),
        person_keys.c.until.is_(None),
        person_keys.c.disputed.is_(False),
    )
    theirs = select(person_keys.c.value, person_keys.c.person, person_keys.c.last_seen).where(
        person_keys.c.directory == directory, person_keys.c.kind == LOGIN
    )
    for some in parts(sorted(anew)):
        moments = {anew[login][0]: anew[login][3] for login in some}
        rows = connection.execute(mine.where(person_keys.c.person.in_(sorted(moments))))
        shown |= {row.person for row in rows if row.last_seen <= moments[row.person]}
        for row in connection.execute(theirs.where(person_keys.c.value.in_(some))):
            if row.person != anew[row.value][0] and row.last_seen > anew[row.value][3]:
                others.add(row.value)
    old = {login: one[3] for login, one in anew.items() if one[0] in shown and login not in others}
    return {login: {**told, REUSED: old[login]} if login in old else told for login, told in codes.items()}


def _came(connection: Connection, directory: str, holders: Mapping[str, str]) -> dict[str, datetime]:
    """When each holder came to the login."""
    found: dict[str, datetime] = {}
    for some in parts(sorted(holders)):
        query = select(person_keys).where(
            person_keys.c.directory == directory, person_keys.c.kind == "login", person_keys.c.value.in_(some)
        )
        found |= {r.value: r.last_seen for r in connection.execute(query) if holders[r.value] == r.person}
    return found
