"""One kill test: a disturbed run, an undisturbed one of the same story, and the comparison."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from kypek_sync.model import system_clock
from kypek_sync.sandbox.start import Sandbox
from kypek_sync.sync.installation import Installation
from tests.chaos.figures import Figures
from tests.chaos.holdings import Holdings, differences, take
from tests.chaos.lives import last_life, live_and_die
from tests.chaos.place import Place, prepare
from tests.chaos.programme import CANCELLED, Programme
from tests.chaos.resting import AHEAD, BRIEF, Rest, bring_to_rest, decide_by_hand, pass_once
from tests.chaos.story import Story, play

AT_ONCE = 4
"""Lives of the disturbed run after whose moves the undisturbed one makes a pass."""


def run(
    folder: Path,
    *,
    kills: int,
    minutes: float,
    seed: int,
    helpdesk: str,
    tell: Callable[[str], None],
    brief: bool = False,
) -> Figures:
    """Kill `kills` daemons, or as many as `minutes` allow, in a sandbox below `folder`; compare; give the figures.

    `brief`: nobody waits for the last daemon to come to rest by itself, and what rests is tried again less often.
    Raises `NoRest` if a run never comes to rest.
    """
    figures, ahead = Figures(seed, helpdesk), BRIEF if brief else AHEAD
    place = prepare(folder / "disturbed", seed, helpdesk)
    calm = place.copied(folder / "undisturbed")
    story = Story(place, _programme(place), random.Random(f"story {seed}"))
    began = time.monotonic()
    with place.running() as sandbox:
        rounds = live_and_die(place, sandbox, story, kills, began + minutes * 60, figures, tell)
        sandbox.faults.lift()
        tell("the last daemon")
        last_life(place, figures, patient=not brief)
        figures.rest = _to_rest(place, sandbox, story.programme, figures, ahead)
        disturbed = _holdings(place, sandbox)
        figures.calls, figures.struck = sandbox.calls(), sandbox.faults.struck
    done = time.monotonic()
    tell("the undisturbed run")
    undisturbed = _undisturbed(calm, story, rounds, ahead)
    figures.seconds = (done - began, time.monotonic() - done)
    figures.moves = Counter(move.what for move in story.told)
    figures.compared = sum(len(part) for part in undisturbed.compared.values())
    figures.mails, figures.entries = (disturbed.mails, disturbed.doubled), disturbed.entries
    figures.wrong += disturbed.wrong
    figures.wrong += [f"undisturbed: {word}" for word in undisturbed.wrong]
    figures.wrong += differences(disturbed.compared, undisturbed.compared)
    return figures


def _programme(place: Place) -> Programme:
    """With a seminar from the beginning, so that a first pass has something to make."""
    programme = Programme(place.programme, place.began, place.trainers)
    programme.say("DOK-26-01", title="Δοκιμή 1", mirrors="moodle", capacity="3", online="yes")
    return programme


def _to_rest(
    place: Place, sandbox: Sandbox, programme: Programme, figures: Figures, ahead: tuple[timedelta, ...]
) -> Rest:
    rest = bring_to_rest(place, ahead)
    figures.by_hand, missed = decide_by_hand(place, sandbox, programme)
    figures.wrong += missed
    return bring_to_rest(place, ahead) if figures.by_hand else rest


def _undisturbed(place: Place, story: Story, rounds: list[int], ahead: tuple[timedelta, ...]) -> Holdings:
    """The same story, with a whole pass after what happened in a few lives of the other run."""
    programme = _programme(place)
    with place.running() as sandbox:
        pass_once(place)
        before = 0
        for until in rounds[AT_ONCE - 1 :: AT_ONCE] + rounds[-1:]:
            for move in story.told[before:until]:
                if ("status", CANCELLED) in move.values:  # it had its courses when it was cancelled
                    pass_once(place)
                try:
                    play(move, place, programme, sandbox.worlds)
                except LookupError:  # made and used within one life
                    pass_once(place)
                    play(move, place, programme, sandbox.worlds)
            before = until
            pass_once(place)
        bring_to_rest(place, ahead)
        return _holdings(place, sandbox)


def _holdings(place: Place, sandbox: Sandbox) -> Holdings:
    inst = Installation.open(place.settings, system_clock)
    try:
        return take(place, sandbox, inst)
    finally:
        inst.close()
