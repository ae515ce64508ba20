"""Which wanted changes are left alone because of a pin or a pause, and what cannot be done without them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kypek_sync.contract import Change, Verb
from kypek_sync.language import Text
from kypek_sync.ledger.pauses import Pause, Paused
from kypek_sync.ledger.pins import Pin, Spot, spot
from kypek_sync.model import local
from kypek_sync.sync.planning.aside import Aside, Reason

_MAKING = (Verb.CREATE_COURSE, Verb.ADOPT_COURSE)


def left_alone(
    changes: Sequence[Change], pins: Mapping[Spot, Pin], paused: Paused, text: Text, before: Sequence[Aside] = ()
) -> list[Aside]:
    """Changes of something that is pinned or paused, and those that need one which is left alone: nobody is put into
    the group of a course in which their enrolment is pinned. `before` are changes left alone for another reason; what
    needs them is left alone too, for theirs."""
    found: list[Aside] = []
    left = {one.change for one in before}
    for change in changes:
        if change in left:
            continue
        if pin := pins.get(spot(change)):
            found.append(Aside(Reason.PINNED, change, pin_words(pin, text)))
        elif pause := paused.of(change.target.system, change.target.seminar):
            found.append(Aside(Reason.PAUSED, change, pause_words(pause, text)))
    left |= {one.change for one in found}
    needs = _needs([*before, *found])
    return [*found, *(Aside(one.reason, c, one.why) for c in changes if c not in left and (one := needs(c)))]


def pin_words(pin: Pin, text: Text) -> str:
    """Who pinned it, since when, why, and how it is let go: the same words for all that one undo pinned."""
    return text(
        "Pinned by %(who)s since %(since)s: %(why)s. `kypek-sync pins release %(these)s` lets it go.",
        these=pin.id if pin.run is None else f"--run {pin.run}",
        who=pin.who,
        since=f"{local(pin.at):%d/%m/%Y %H:%M}",
        why=pin.why,
    )


def pause_words(pause: Pause, text: Text) -> str:
    """What is paused, by whom, until when, and why."""
    facts = {"kind": pause.kind.value, "name": pause.name, "who": pause.who, "why": pause.why}
    if pause.until is None:
        return text("Paused by %(who)s until it is resumed (%(kind)s %(name)s): %(why)s", **facts)
    until = f"{local(pause.until):%d/%m/%Y %H:%M}"
    return text("Paused by %(who)s until %(until)s (%(kind)s %(name)s): %(why)s", until=until, **facts)


def _needs(aside: Sequence[Aside]) -> Callable[[Change], Aside | None]:
    """For a change, the one left alone without which it cannot be made."""
    courses = {a.change.target.key: a for a in aside if a.change.verb in _MAKING}
    groups = {(*a.change.target.key, a.change.target.object): a for a in aside if a.change.verb is Verb.CREATE_GROUP}
    people = {(*a.change.target.key, a.change.target.login): a for a in aside if a.change.verb is Verb.ENROL}

    def needed(change: Change) -> Aside | None:
        target = change.target
        if found := courses.get(target.key):
            return found
        if change.verb is not Verb.JOIN_GROUP:
            return None
        group = groups.get((*target.key, target.object))
        return group or people.get((*target.key, target.login))

    return needed
