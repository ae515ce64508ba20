"""A directory in whose groups nobody is any more, or whose groups are not to be read, because a person said so.

The roles that groups gave end with that. It ends when somebody is shown in a group again.
"""

from __future__ import annotations

from kypek_sync.ledger.given_up import GivenUp

_GROUPS = GivenUp(
    "group-roles-not-shown",
    "Nobody has a role by a group here any more, as a person decided: the roles that groups gave have ended.",
    "groups",
)
CODE = _GROUPS.code
accept, accepted, shown_again = _GROUPS.accept, _GROUPS.accepted, _GROUPS.shown_again
