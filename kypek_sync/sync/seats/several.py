"""Decides together the seminars of a pass, where the settings say that nobody is to have two at the same hours unasked
(`seminar.together`). Those whose people have, and applied for, nothing else at their hours are left as they were."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kypek_sync.ledger import seats
from kypek_sync.ledger.seats_elsewhere import held_elsewhere
from kypek_sync.ledger.store import alone
from kypek_sync.model import HELD, Application, Seat, Seminar, Stance
from kypek_sync.seminar.together import Pending, Place, Together, meeting
from kypek_sync.sync.installation import Installation


@dataclass
class Several:
    """The decisions of a pass that wait for each other. `elsewhere` are the places that people have in other KYPEKs, by
    our id of them; `seminars` those that are decided, by code, and `places` what people have or applied for in them, as
    (code, part); `entangled` the codes of those of which more than their own courses decides; `inputs` what each
    decision rests on, where it may serve the next pass; `served` decide those anew that are as the last pass left
    them."""

    stance: Stance
    elsewhere: Mapping[str, list[Place]]
    seminars: Mapping[str, Seminar]
    places: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    entangled: frozenset[str] = frozenset()
    pending: dict[str, Pending] = field(default_factory=dict)
    inputs: dict[str, tuple[object, ...]] = field(default_factory=dict)
    served: dict[str, Callable[[], object]] = field(default_factory=dict)

    @classmethod
    def gather(
        cls,
        connection: Connection,
        inst: Installation,
        kypek: str,
        seminars: Collection[Seminar],
        before: Mapping[str, Mapping[str, Seat]],
        standing: Mapping[str, Mapping[seats.Door, Application]],
        people: Collection[str],
    ) -> Several | None:
        """What is known before anything is decided; None where nobody is refused, or asked. `people` are our ids of
        those who are known. KYPEKs that share a directory decide one after the other."""
        stance = inst.loaded.settings.seats.clashes.hours
        if stance is Stance.WARN:
            return None
        directory = inst.kypek(kypek).directory
        others = inst.sharing(directory) - {kypek} if directory else frozenset[str]()
        if others:
            alone(connection, f"clashes {directory}")
        elsewhere = held_elsewhere(connection, others, people)
        found = cls(stance, elsewhere, {one.code: one for one in seminars})
        for code in found.seminars:
            for seat in before.get(code, {}).values():
                if seat.state in HELD:
                    found.places.setdefault(seat.person or seat.login, set()).add((code, seat.part))
            for wish in standing.get(code, {}).values():
                found.places.setdefault(wish.person or wish.login, set()).add((code, wish.part))
        found.entangled = found._meeting(found.places)
        return found

    def met_now(self) -> frozenset[str]:
        """The codes of seminars at whose hours somebody applied for, and is looked at in this pass, something else."""
        wishes: dict[str, set[tuple[str, str]]] = {}
        for code, one in self.pending.items():
            for wish in one.applications:
                wishes.setdefault(wish.person or wish.login, set()).add((code, wish.part))
        return self._meeting({who: those | self.places.get(who, set()) for who, those in wishes.items()})

    def _meeting(self, places: Mapping[str, Collection[tuple[str, str]]]) -> frozenset[str]:
        return meeting(
            {
                who: [*((self.seminars[code], part) for code, part in sorted(those)), *self.elsewhere.get(who, ())]
                for who, those in places.items()
                if len(those) > 1 or who in self.elsewhere
            }
        )

    def decided(self, fixed: Mapping[str, Mapping[str, Seat]]) -> dict[str, dict[str, Seat]]:
        """The seats of what is pending. `fixed` are those of seminars about which nothing is decided in this pass."""
        places = {who: [*those] for who, those in self.elsewhere.items()}
        for one in self.seminars.values():
            for seat in fixed.get(one.code, {}).values() if one.code not in self.pending else ():
                if seat.state in HELD:
                    places.setdefault(seat.person or seat.login, []).append((one, seat.part))
        return Together(self.pending, places, self.stance).decide()
