"""Places in groups of many courses at once: one look, one write and one look back for all of them (M-31).

Where one person comes or goes in each of many courses, most of the time went into proofs: five calls for each place.
What refuses a place, or a group that was never listed as its course's own, is left to the way of one course (`groups`),
which knows more proofs and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import connectors.moodle.mapping as mapping
from connectors.moodle.accounts import Accounts
from connectors.moodle.batches import AT_MOST, Batches, Element, Writer
from connectors.moodle.client import MoodleClient, in_batches
from connectors.moodle.groups import ALREADY, Groups
from connectors.moodle.memberships import Memberships
from connectors.moodle.refusals import Refused
from kypek_sync.contract import GroupPlace, Outcome, Receipt, SkipThis, StopConnector, TryLater


class Places:
    """Puts people into groups, and takes them out. Both methods raise `TryLater` or `StopConnector` only before
    anything was sent."""

    def __init__(
        self, client: MoodleClient, accounts: Accounts, memberships: Memberships, writer: Writer, groups: Groups
    ) -> None:
        self._client = client
        self._accounts = accounts
        self._memberships = memberships
        self._writer = writer
        self._groups = groups

    def join(self, places: Sequence[GroupPlace]) -> tuple[Receipt, ...]:
        """Put members of courses into groups there."""
        return self._moved(places, inside=True)

    def leave(self, places: Sequence[GroupPlace]) -> tuple[Receipt, ...]:
        """Take people out of groups."""
        return self._moved(places, inside=False)

    def _moved(self, places: Sequence[GroupPlace], *, inside: bool) -> tuple[Receipt, ...]:
        known = [n for n, (course, group, _) in enumerate(places) if self._memberships.at_home(course, group)]
        receipts: dict[int, Receipt] = {}
        if known:
            with self._writer.alone(*(places[n].course for n in known)):
                receipts = self._together(places, known, inside=inside)
        self._singly(places, receipts, inside=inside)
        return tuple(receipts[n] for n in range(len(places)))

    def _together(self, places: Sequence[GroupPlace], known: Sequence[int], *, inside: bool) -> dict[int, Receipt]:
        """The receipts of those that stand or could be judged; nothing where Moodle refuses to show one of them."""
        try:
            accounts = self._accounts.lookup(places[n].login for n in known)
            before = self._inside(int(places[n].group) for n in known)
        except Refused:
            return {}
        receipts: dict[int, Receipt] = {}
        moves: dict[int, tuple[int, int]] = {}
        for n in known:
            account, group = accounts.get(places[n].login), int(places[n].group)
            if account is None:
                continue
            if (account.id in before[group]) is inside:
                receipts[n] = ALREADY
            else:
                moves[n] = group, account.id
        return receipts | self._written(moves, inside=inside)

    def _written(self, moves: Mapping[int, tuple[int, int]], *, inside: bool) -> dict[int, Receipt]:
        """Receipts of these moves, each a group and an account, but for those whom Moodle refuses as persons."""
        elements: dict[int, Element] = {n: {"groupid": group, "userid": user} for n, (group, user) in moves.items()}
        function = "core_group_add_group_members" if inside else "core_group_delete_group_members"
        personal: set[int] = set()

        def send(those: Sequence[int]) -> None:
            try:
                self._client.write(function, mapping.nothing, {"members": [elements[n] for n in those]})
            except Refused as error:
                if len(those) == 1 and not error.common:
                    personal.update(those)
                raise

        def look() -> frozenset[int]:
            now = self._inside(group for group, _ in moves.values())
            return frozenset(n for n, (group, user) in moves.items() if (user in now[group]) is inside)

        batches = [
            batch[start : start + AT_MOST]
            for batch in in_batches(sorted(elements), 2)
            for start in range(0, len(batch), AT_MOST)
        ]
        written = Batches(send, look, alike=False).receipts(batches)
        return {n: receipt for n, receipt in written.items() if receipt.stands or n not in personal}

    def _singly(self, places: Sequence[GroupPlace], receipts: dict[int, Receipt], *, inside: bool) -> None:
        """Course by course what has no receipt yet; a course that Moodle does not show keeps nobody else waiting."""
        left: dict[tuple[str, str], list[int]] = {}
        for n, (course, group, _) in enumerate(places):
            if n not in receipts:
                left.setdefault((course, group), []).append(n)
        move = self._groups.join if inside else self._groups.leave
        down = ""
        for (course, group), those in left.items():
            if down:
                receipts |= dict.fromkeys(those, Receipt(Outcome.LATER, detail=down))
                continue
            try:
                receipts |= zip(those, move(course, group, [places[n].login for n in those]), strict=True)
            except SkipThis as error:
                receipts |= dict.fromkeys(those, Receipt(Outcome.LATER, detail=error.advice))
            except (TryLater, StopConnector) as error:
                if not receipts:
                    raise
                down = error.advice
                receipts |= dict.fromkeys(those, Receipt(Outcome.LATER, detail=down))

    def _inside(self, groups: Iterable[int]) -> dict[int, frozenset[int]]:
        return self._memberships.inside(sorted(set(groups)))
