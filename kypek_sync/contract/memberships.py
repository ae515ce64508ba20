"""What a course platform may offer besides its role: asking about several people at the price of about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from kypek_sync.contract.roles import Member


@runtime_checkable
class ManyMemberships(Protocol):
    """Several looks in one. Whoever reads a course asks so where it is offered, else one by one (rule 3)."""

    def memberships(self, course: str, logins: Sequence[str]) -> Mapping[str, Member | None]:
        """`Courses.membership` of each of these people, by login, by the same proofs. Who is left out of the answer
        could not be told about. Raises `TryLater` when nothing can be told."""
