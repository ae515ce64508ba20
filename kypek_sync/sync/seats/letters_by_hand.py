"""Puts into the outbox what people are told of work by hand: once a week to those who teach, once to who must sign in.
Officers are told in the same letter what their week holds.

The weekly letter tells on Monday morning what is open by then, so that a person gets one at most each week and what was
done at once is never asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.language import Text
from kypek_sync.ledger import outbox, todos
from kypek_sync.ledger.outbox import Notice
from kypek_sync.ledger.todos import Entry
from kypek_sync.model import Seminar, local
from kypek_sync.notices.by_hand import SIGN_IN, WEEKLY
from kypek_sync.seminar.by_hand import FOR_TEACHERS, Kind
from kypek_sync.seminar.by_hand_words import line
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.lowering import excess
from kypek_sync.sync.seats.week_ahead import week_ahead

HOUR = 7
"""On Monday, by a clock in Greece."""


def put_letters(connection: Connection, inst: Installation, kypek: str, seminars: Mapping[str, Seminar]) -> int:
    """Letters about the open work of these seminars (those whose platform may be changed); how many were put in. A
    centre that sends no mail gets none: they would all go out on the day it begins to."""
    if not inst.kypek(kypek).post:
        return 0
    return _weekly(connection, inst, kypek, seminars) + _sign_in(connection, inst, kypek, seminars)


def monday(now: datetime) -> datetime:
    """The last Monday morning before `now`, or `now` itself if it is that."""
    here = local(now)
    start = here.replace(hour=HOUR, minute=0, second=0, microsecond=0) - timedelta(days=here.weekday())
    return start if start <= here else start - timedelta(days=7)


def _weekly(connection: Connection, inst: Installation, kypek: str, seminars: Mapping[str, Seminar]) -> int:
    since = monday(inst.clock())
    listed = todos.listed(connection, kypek, kinds=FOR_TEACHERS)
    waiting = [one for one in listed if one.opened < since and one.seminar in seminars]
    mine: dict[str, list[Entry]] = {}
    for one in waiting:
        for login in teachers(inst, kypek, seminars[one.seminar]):
            mine.setdefault(login, []).append(one)
    week = since.isocalendar()
    number = week.year * 100 + week.week
    told = {row.notice.login for row in outbox.of_cause(connection, kypek, f"{WEEKLY}:", number)}
    ahead = _weeks_ahead(connection, inst, kypek, seminars, since, told)
    letters = []
    for login in sorted((mine.keys() | ahead.keys()) - told):
        those = mine.get(login, [])
        facts = {
            "centre": inst.kypek(kypek).name,
            "count": str(len(those)),
            "tasks": _tasks(inst, those, seminars, inst.text),
            "week": ahead.get(login, ""),
        }
        letters.append(Notice(kypek, "", login, f"{WEEKLY}:", number, WEEKLY, _pairs(facts)))
    unsent = {row.notice.version for row in outbox.unsent(connection, kypek) if row.notice.kind == WEEKLY}
    if unsent - {number}:
        outbox.take_back(connection, kypek, WEEKLY)  # of an earlier week: this one says it all
    return sum(outbox.put(connection, letter, inst.host, inst.clock()) for letter in letters)


def _weeks_ahead(
    connection: Connection,
    inst: Installation,
    kypek: str,
    seminars: Mapping[str, Seminar],
    since: datetime,
    told: Collection[str],
) -> dict[str, str]:
    """What the week holds for each officer who has not been told yet, and for whom it holds something."""
    settings = inst.loaded.settings
    mine: dict[str, list[Seminar]] = {}
    for name, structure in inst.kypek(kypek).structures.items():
        for login in set(structure.officers) - set(told):
            mine.setdefault(login, []).extend(one for one in seminars.values() if one.structure == name)
    is_monday = inst.clock() - since < timedelta(days=1)  # later it would be no letter of Monday
    above = list(excess(connection, inst, kypek, seminars.values())) if mine and is_monday else []
    said = {
        login: week_ahead(connection, kypek, those, since, inst.text, settings.language, above)
        for login, those in sorted(mine.items())
        if those
    }
    return {login: words for login, words in said.items() if words}


def teachers(inst: Installation, kypek: str, seminar: Seminar) -> frozenset[str]:
    """Who can do work in a seminar's course: its trainers, and the officers of its structure."""
    structure = inst.kypek(kypek).structures.get(seminar.structure)
    officers: Collection[str] = structure.officers if structure is not None else ()
    return frozenset({trainer.login for trainer in seminar.trainers if trainer.login} | {*officers})


def _tasks(inst: Installation, those: list[Entry], seminars: Mapping[str, Seminar], text: Text) -> str:
    """Each seminar with its page, and below it what is to be done, where, and what to paste."""
    page = inst.loaded.settings.public_address.rstrip("/")
    parts: list[str] = []
    for code, part in dict.fromkeys((one.seminar, one.part) for one in those):
        parts.append(f"{seminars[code].of_part(part).title} ({code})\n{page}/s/{code}")
        parts += [
            "\n".join((f"{line(one.kind, text)}:", one.link, "", *(f"    {row}" for row in one.text.splitlines())))
            for one in those
            if (one.seminar, one.part) == (code, part)
        ]
    return "\n\n".join(parts)


def _sign_in(connection: Connection, inst: Installation, kypek: str, seminars: Mapping[str, Seminar]) -> int:
    page = inst.loaded.settings.public_address.rstrip("/")
    count = 0
    for one in todos.listed(connection, kypek, kinds=(Kind.SIGN_IN,)):
        if one.told is not None or one.seminar not in seminars:
            continue
        facts = {
            "centre": inst.kypek(kypek).name,
            "title": seminars[one.seminar].title,
            "platform": inst.connectors.spec(one.system).title,
            "address": one.link,
            "page": f"{page}/s/{one.seminar}",
        }
        version = int(one.opened.timestamp()) // 60
        cause = f"{SIGN_IN}-{one.system}:{one.seminar}"
        letter = Notice(kypek, "", one.login, cause, version, SIGN_IN, _pairs(facts))
        count += outbox.put(connection, letter, inst.host, inst.clock())
        todos.mark_told(connection, one.id, inst.clock())
    return count


def _pairs(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(facts.items()))
