"""What `check` says of the account of eClass's database: that it answers, what it may, whose database it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import connectors.eclass.database_rights as rights
from connectors.eclass.client import EclassClient
from connectors.eclass.database import Database, Server
from connectors.eclass.database_members import newest_courses
from connectors.eclass.mapping import CourseRow
from connectors.eclass.scope import beside_database
from kypek_sync.contract import ConnectorError, Probe, ProbeLevel, ProbeLine, SkipThis
from kypek_sync.model import Clock

_SUBJECT = "database"
_SKEW = timedelta(minutes=2)
_SAME = 3
"""Courses by which the database is held against the platform; a course may be inactive, and so not shown."""
_SHOWN = 5
ABILITIES = (
    "Its database shows members of courses and groups, with role and date, and who asked to be let in. It cannot change"
    " a course, take anybody out of a group or suspend anybody: a teacher is asked to."
)


def probed(probe: Probe, database: Database, client: EclassClient, clock: Clock) -> Probe:
    """The probe with the database's lines; what the API alone cannot show is no lack any more if all is well there."""
    found = _lines(database, client, clock, ask_api=probe.usable)
    fine = all(line.level is not ProbeLevel.PROBLEM for line in found)
    lines = [
        replace(line, level=ProbeLevel.OK, text=ABILITIES, next_step="")
        if line.subject == "abilities" and fine
        else beside_database(line)
        if fine
        else line
        for line in probe.lines
    ]
    return replace(probe, lines=(*lines, *found))


def _lines(database: Database, client: EclassClient, clock: Clock, *, ask_api: bool) -> tuple[ProbeLine, ...]:
    try:
        with database.looking() as reading:
            server = reading.server()
            name = database.name
            objections = rights.objections(name, reading.grants, reading.columns)
            besides = rights.superfluous(name, reading.grants, reading.columns)
            newest = () if objections else newest_courses(reading, _SAME)
        lines = [_answers(database, server)]
        lines += [ProbeLine(ProbeLevel.PROBLEM, _SUBJECT, one.text, one.step) for one in objections]
        if not objections:
            lines.append(ProbeLine(ProbeLevel.OK, _SUBJECT, "Its account may read what is needed, and no secrets."))
        if besides:
            shown = ", ".join(besides[:_SHOWN]) + (" …" if len(besides) > _SHOWN else "")
            lines.append(
                ProbeLine(
                    ProbeLevel.WARNING,
                    _SUBJECT,
                    f"Its account sees more than is needed: {shown}.",
                    "Take these rights away; nothing here reads them.",
                )
            )
        if newest and ask_api:
            lines += _same(newest, database, client)
        return (*lines, *_clock(database, server, clock))
    except ConnectorError as error:
        step = error.hint or "Check the address and the network."
        return (ProbeLine(ProbeLevel.PROBLEM, _SUBJECT, error.message, step),)


def _answers(database: Database, server: Server) -> ProbeLine:
    text = f"The database {database.place} answers, version {server.version}."
    if database.must_encrypt and not server.encrypted:
        return ProbeLine(ProbeLevel.PROBLEM, _SUBJECT, text, "The line is not encrypted.")
    if server.follows:
        text += " It is a copy that follows another: each course is held against the API's count."
    return ProbeLine(ProbeLevel.OK, _SUBJECT, text)


def _same(newest: tuple[CourseRow, ...], database: Database, client: EclassClient) -> tuple[ProbeLine, ...]:
    """Whether the platform shows the newest courses of the database."""
    for row in newest:
        try:
            shown = client.row(row.code)
        except SkipThis:
            continue
        if shown is None:
            continue
        if shown.id == row.id:
            return (ProbeLine(ProbeLevel.OK, _SUBJECT, f"It is the database of {client.address}."),)
        return (
            ProbeLine(
                ProbeLevel.PROBLEM,
                _SUBJECT,
                f"The course {row.code} is another one in the database {database.place}: that is not of this eClass, or"
                " an old copy.",
                "Ask for an account of the database that this eClass works with.",
            ),
        )
    return (
        ProbeLine(
            ProbeLevel.WARNING,
            _SUBJECT,
            f"Whether it is the database of {client.address} is not known: its newest courses are not shown there.",
            "Compare the two; the token may be limited to other departments or courses.",
        ),
    )


def _clock(database: Database, server: Server, clock: Clock) -> tuple[ProbeLine, ...]:
    apart = abs(clock() - server.now)
    if apart <= _SKEW:
        return ()
    return (
        ProbeLine(
            ProbeLevel.WARNING,
            _SUBJECT,
            f"The clock of the database {database.place} and ours are {apart.total_seconds() / 60:.0f} minutes apart.",
            "Set both by NTP: the order of applications hangs on it.",
        ),
    )
