"""The life cycle `default` of Request Tracker 5: its statuses and the actions offered from each."""

from __future__ import annotations

from typing import NamedTuple

INITIAL = frozenset({"new"})
ACTIVE = frozenset({"open", "stalled"})
INACTIVE = frozenset({"resolved", "rejected", "deleted"})
STATUSES = INITIAL | ACTIVE | INACTIVE


class Action(NamedTuple):
    """A step that the web pages offer: target status, label, and the form it goes with (`Respond`, `Comment`, none)."""

    to: str
    label: str
    update: str


ACTIONS: dict[str, tuple[Action, ...]] = {
    "new": (
        Action("open", "Open It", "Respond"),
        Action("resolved", "Resolve", "Comment"),
        Action("rejected", "Reject", "Respond"),
    ),
    "open": (
        Action("stalled", "Stall", "Comment"),
        Action("resolved", "Resolve", "Comment"),
        Action("rejected", "Reject", "Respond"),
    ),
    "stalled": (Action("open", "Open It", ""),),
    "resolved": (Action("open", "Re-open", "Comment"),),
    "rejected": (Action("open", "Re-open", "Comment"),),
    "deleted": (Action("open", "Undelete", ""),),
}
