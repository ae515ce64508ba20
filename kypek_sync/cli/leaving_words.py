"""What is said of people who are leaving the directory: since when, until when they may come back, what they lose."""

from __future__ import annotations

from collections.abc import Sequence

from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.model import SeatState
from kypek_sync.sync.directory.leaving import Departing, Goer

MOST = 10
"""People who are named; more are counted."""

PLACES = {
    SeatState.GRANTED: "the seat in %(seminar)s",
    SeatState.OFFERED: "the seat offered in %(seminar)s",
    SeatState.UNDER_APPROVAL: "the seat under approval in %(seminar)s",
    SeatState.WAITING: "the place in the queue of %(seminar)s",
}


def departure(goer: Goer, text: Text) -> str:
    """Since when somebody is not shown, how many reads say so, and when they are gone at the earliest."""
    one = goer.leaving
    facts = {"since": when(one.since), "absences": one.absences, "of": one.of}
    if goer.waits:
        return text("not shown by the directory since %(since)s (%(absences)s of %(of)s complete reads)", **facts)
    if goer.due:
        return text(
            "not shown by the directory since %(since)s (%(absences)s of %(of)s complete reads); gone at the next "
            "complete read that does not show them",
            **facts,
        )
    return text(
        "not shown by the directory since %(since)s (%(absences)s of %(of)s complete reads); gone on %(earliest)s at "
        "the earliest, unless they come back",
        **facts,
        earliest=when(one.earliest),
    )


def places(goer: Goer, text: Text) -> str:
    """What becomes of their places."""
    if not goer.places:
        return text("They have no seat to lose.")
    named = ", ".join(text(PLACES[state], seminar=code) for code, state in goer.places)
    if goer.waits:
        return text(
            "Nothing is lost before a person has decided whose the login %(logins)s is; until then they keep "
            "%(places)s.",
            logins=", ".join(map(login_shown, goer.waits)),
            places=named,
        )
    return text("They would then lose %(places)s, within the limits of removals.", places=named)


def lines(losing: Sequence[Goer], text: Text) -> list[str]:
    """A line for each who would lose something, the first of them by name."""
    told = [f"{_called(goer, text)}: {departure(goer, text)}. {places(goer, text)}" for goer in losing[:MOST]]
    if len(losing) > MOST:
        told.append(text("… and %(count)s more people are leaving.", count=len(losing) - MOST))
    return told


def _called(goer: Goer, text: Text) -> str:
    """Their name and login; of somebody whose login another one has now, that it was theirs."""
    someone = goer.leaving.person
    if goer.leaving.replaced:
        return text("%(name)s, formerly %(login)s", name=someone.name, login=login_shown(someone.login))
    return f"{someone.name} ({login_shown(someone.login)})"


def counted(departing: Departing, text: Text) -> str:
    """How many are leaving, who, and when the first of them counts as gone."""
    everybody = departing.everybody
    former = dict(everybody.former)
    called = [
        text("%(name)s, formerly %(login)s", name=former[login], login=login_shown(login))
        if login in former
        else login_shown(login)
        for login in everybody.logins[:MOST]
    ]
    logins = ", ".join(called) + (" …" if everybody.count > MOST else "")
    return text(
        "%(count)s people are leaving the directory: %(logins)s. The first counts as gone on %(earliest)s at the "
        "earliest; places to be lost: %(places)s.",
        count=everybody.count,
        logins=logins,
        earliest=when(everybody.earliest),
        places=departing.places,
    )
