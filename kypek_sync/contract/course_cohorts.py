"""What a course platform may offer besides its role: site-wide sets of people (`Capability.COHORTS`), by which others
open courses or forums to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from kypek_sync.contract.changes import Receipt
from kypek_sync.contract.snapshots import Snapshot


@runtime_checkable
class Cohorts(Protocol):
    """Cohorts that an administrator made; `cohort` is its ID number. None is ever made or deleted here."""

    def cohort_members(self, cohort: str, logins: Sequence[str]) -> Snapshot[str]:
        """Who of these people is in the cohort. Raises `TryLater` where it is not shown: no such cohort, or the account
        may not see it."""

    def join_cohort(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Put people in: one receipt each, in order; who is in is `ALREADY`, who has no account is `REFUSED`."""

    def leave_cohort(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Take people out: one receipt each; who is not in is `ALREADY`. The engine asks only for those it put in."""
