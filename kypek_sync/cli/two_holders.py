"""Of a login in doubt: who has it now, who had it before, and what either decision would do.

`directory person` shows it to the administrator who decides, who has to know both names (design, rules 12 and 16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kypek_sync.cli.leaving_words import PLACES
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.tables import when
from kypek_sync.language import Text
from kypek_sync.ledger import former_holders, identities, persons
from kypek_sync.ledger.former_holders import Holder
from kypek_sync.ledger.identities import Doubt
from kypek_sync.sync.directory.stakes import Stake, Then, recorded, stakes
from kypek_sync.sync.installation import Installation


@dataclass(frozen=True, slots=True)
class Side:
    """One of the people: as holder of the login, the names of their units, and the places that are theirs."""

    holder: Holder
    units: tuple[str, ...]
    places: tuple[Stake, ...]

    def as_dict(self) -> dict[str, Any]:
        """For machines: moments in ISO 8601, UTC."""
        one = self.holder
        return {
            "name": one.known.person.name,
            "login": one.known.person.login,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
            "specialties": list(one.known.person.specialties),
            "units": list(self.units),
            "places": [_plain(one) for one in self.places],
        }


@dataclass(frozen=True, slots=True)
class TwoHolders:
    """A login in doubt, who has it `now` and who had it `before`, or perhaps is the same person. `stakes` are all
    places that the decision is about; `several`: of more than one KYPEK, so that each is named."""

    doubt: Doubt
    now: Side
    before: tuple[Side, ...]
    stakes: tuple[Stake, ...] = ()
    several: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "login": self.doubt.login,
            "since": self.doubt.since.isoformat(),
            "now": self.now.as_dict(),
            "before": [one.as_dict() for one in self.before],
            "places": [_plain(one) for one in self.stakes],
        }


def two_holders(connection: Connection, inst: Installation, source: str, login: str) -> TwoHolders | None:
    """Those between whom a person has to decide; None where nothing is in doubt."""
    about = identities.doubt(connection, source, login, inst.sharing(source))
    holder = former_holders.holder(connection, login, about.holder) if about is not None else None
    if about is None or holder is None:
        return None
    whose = recorded(connection, inst, source, login)
    before = former_holders.former_holders(connection, source, login, about.holder, about.perhaps, whose)
    those = stakes(connection, inst, source, about, {one.known.person.login for one in before})
    several = len(inst.sharing(source)) > 1

    def side(one: Holder) -> Side:
        units = persons.units_of(connection, source, [one.known.person])
        named = tuple(units[unit].name for unit in one.known.person.units if unit in units)
        return Side(one, named, tuple(stake for stake in those if stake.seat.person == one.known.id))

    return TwoHolders(about, side(holder), tuple(side(one) for one in before), those, several)


def lines(those: TwoHolders, text: Text) -> Iterator[str]:
    """Who they are, and what `--same` and `--other` will do."""
    yield text("It is not sure whose the login %(login)s is:", login=login_shown(those.doubt.login))
    yield _side(those.now, text("has it now"), those.several, text)
    for one in those.before:
        yield _side(one, text("had it before"), those.several, text)
    yield from ("  " + line for line in (with_same(those, text), *with_other(those, text)))


def with_same(those: TwoHolders, text: Text) -> str:
    """What `--same` will do."""
    kept = _named([one for one in those.stakes if one.same], those.several, text)
    return text("with --same they are one person, who keeps %(places)s", places=kept or text("what there is"))


def with_other(those: TwoHolders, text: Text) -> Iterator[str]:
    """What `--other` will do with each place."""
    moment = when(those.doubt.since)

    def named(then: Then) -> str:
        return _named([one for one in those.stakes if one.other is then], those.several, text)

    if lost := named(Then.LOST):
        yield text(
            "with --other they are two: %(places)s is lost to whoever has the login now, and what was applied for "
            "under it before %(when)s counts for nobody; a seat goes to the next one",
            places=lost,
            when=moment,
        )
    else:
        yield text(
            "with --other they are two: what was applied for under it before %(when)s counts for nobody", when=moment
        )
    if kept := named(Then.KEPT):
        yield text("with --other whose it is keeps %(places)s", places=kept)
    if leaves := named(Then.LEAVES):
        yield text("with --other whoever had it before leaves, and then loses %(places)s", places=leaves)
    if moves := named(Then.ELSEWHERE):
        yield text("with --other whoever had it before takes %(places)s along to their present login", places=moves)
    if waits := named(Then.WAITS):
        yield text(
            "with --other whoever had it before keeps %(places)s until it is decided whose their present login is",
            places=waits,
        )


def _side(one: Side, word: str, several: bool, text: Text) -> str:
    someone, held = one.holder.known.person, one.holder
    if held.until is None:
        dates = text("since %(since)s", since=when(held.since))
    else:
        dates = text("from %(since)s until %(until)s", since=when(held.since), until=when(held.until))
    facts = ", ".join((*someone.specialties, *one.units)) or "–"
    places = _named(one.places, several, text) or text("no seat")
    return f"  {word}: {someone.name} ({login_shown(someone.login)}), {dates} · {facts} · {places}"


def _named(places: Iterable[Stake], several: bool, text: Text) -> str:
    return ", ".join(
        text(PLACES[one.seat.state], seminar=one.seat.seminar) + (f" ({one.kypek})" if several else "")
        for one in places
    )


def _plain(one: Stake) -> dict[str, Any]:
    return {
        "kypek": one.kypek,
        "seminar": one.seat.seminar,
        "state": one.seat.state.value,
        "with_same": Then.KEPT.value if one.same else "",
        "with_other": one.other.value,
    }
