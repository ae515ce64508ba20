"""Places in groups of many courses at once: one look, one write and one look back for all of them (M-31).

Where one person comes or goes in each of many courses, most of the time went into proofs: five calls for each place.
Where Moodle does not show one of the groups, or one was never listed as its course's own, the whole is refused before
anything is sent: whoever asked divides it, and one course alone is the business of `groups`, which has more proofs and
says what is wrong. Whose doing a place is, and what of that no look can tell, is said in `groups`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import connectors.moodle.mapping as mapping
from connectors.moodle.accounts import Accounts
from connectors.moodle.batches import ALREADY, AT_MOST, Batches, Element, Writer, refused, unmoved, unread
from connectors.moodle.client import MoodleClient, in_batches
from connectors.moodle.groups import NAMELESS
from connectors.moodle.memberships import Memberships
from kypek_sync.contract import GroupPlace, Receipt, SkipThis


class Places:
    """Puts people into groups, and takes them out. Both methods raise `SkipThis`, `TryLater` or `StopConnector` only
    before anything was sent."""

    def __init__(self, client: MoodleClient, accounts: Accounts, memberships: Memberships, writer: Writer) -> None:
        self._client = client
        self._accounts = accounts
        self._memberships = memberships
        self._writer = writer

    def join(self, places: Sequence[GroupPlace]) -> tuple[Receipt, ...]:
        """Put members of courses into groups there."""
        return self._moved(places, inside=True)

    def leave(self, places: Sequence[GroupPlace]) -> tuple[Receipt, ...]:
        """Take people out of groups."""
        return self._moved(places, inside=False)

    def _moved(self, places: Sequence[GroupPlace], *, inside: bool) -> tuple[Receipt, ...]:
        for course, group, _ in places:
            if not self._memberships.at_home(course, group):
                raise SkipThis(self._client.system, f"The course {course} has shown no group number {group} yet.")
        with self._writer.alone(*(place.course for place in places)):
            joining = self._joining(places) if inside else {}
            before = self._inside(int(place.group) for place in places)
            leaving = {} if inside else self._leaving(before)
            receipts: dict[int, Receipt] = {}
            moves: dict[int, tuple[int, int]] = {}
            for n, (course, group, login) in enumerate(places):
                members = leaving.get(int(group), {})
                number = joining.get(login) if inside else members.get(login)
                if number is None and inside:
                    receipts[n] = refused(f"{login} is not in the course {course}, so not in its group either.")
                elif number is None:
                    receipts[n] = ALREADY if len(members) == len(before[int(group)]) else NAMELESS
                elif inside and number in before[int(group)]:
                    receipts[n] = ALREADY
                else:
                    moves[n] = int(group), number
            receipts |= self._written(moves, inside=inside)
        return tuple(receipts[n] for n in range(len(places)))

    def _joining(self, places: Sequence[GroupPlace]) -> dict[str, int]:
        """The accounts of these people, by login."""
        return {login: one.id for login, one in self._accounts.lookup(place.login for place in places).items()}

    def _leaving(self, inside: Mapping[int, frozenset[int]]) -> dict[int, dict[str, int]]:
        """Who is in each group, by login: an account that got another name since it was read is still in there."""
        names = self._accounts.names(frozenset().union(*inside.values()))
        return {group: {names[one]: one for one in those if one in names} for group, those in inside.items()}

    def _written(self, moves: Mapping[int, tuple[int, int]], *, inside: bool) -> dict[int, Receipt]:
        """Receipts of these moves, each a group and an account."""
        elements: dict[int, Element] = {n: {"groupid": group, "userid": user} for n, (group, user) in moves.items()}
        function = "core_group_add_group_members" if inside else "core_group_delete_group_members"

        def send(those: Sequence[int]) -> None:
            self._client.write(function, mapping.nothing, {"members": [elements[n] for n in those]})

        unseen: dict[int, str] = {}

        def look() -> frozenset[int]:
            unseen.clear()
            now = self._shown(sorted({group for group, _ in moves.values()}), unseen)
            return frozenset(n for n, (group, user) in moves.items() if group in now and (user in now[group]) is inside)

        def silent(n: int) -> Receipt:
            why = unseen.get(moves[n][0])
            return unmoved(n) if why is None else unread(why)

        batches = [
            batch[start : start + AT_MOST]
            for batch in in_batches(sorted(elements), 2)
            for start in range(0, len(batch), AT_MOST)
        ]
        return Batches(send, look, silent, alike=False, again=True).receipts(batches)

    def _shown(self, groups: Sequence[int], unseen: dict[int, str]) -> dict[int, frozenset[int]]:
        """Who is in these groups, as far as Moodle shows them; `unseen` learns why not. One that somebody deleted after
        the write costs the places in the others nothing."""
        try:
            return self._inside(groups)
        except SkipThis as error:
            if len(groups) == 1:
                unseen[groups[0]] = error.message
                return {}
        middle = len(groups) // 2
        return self._shown(groups[:middle], unseen) | self._shown(groups[middle:], unseen)

    def _inside(self, groups: Iterable[int]) -> dict[int, frozenset[int]]:
        return self._memberships.inside(sorted(set(groups)))
