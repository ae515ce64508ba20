"""What a course platform may offer besides its role: an announcement of ours in a course (`Capability.ANNOUNCEMENT`).

A platform that offers it keeps our reference with the announcement and gives it back, so that one whose making got no
answer is found again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from kypek_sync.contract.changes import Receipt
from kypek_sync.contract.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class AnnouncementDraft:
    """An announcement as it should be, at the top of the others. `ref` is our reference (`kypek:<kypek>:<seminar
    code>:announcement`); `text` is plain."""

    ref: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """An announcement as it stands. `ref` is our reference where it carries one, and our account wrote it; else empty.
    `copied` is a reference of ours in what another account wrote: somebody copied it, or our account was replaced.
    `foreign`: another account wrote it. `text` is plain, without the reference; `pinned`: it stands at the top."""

    id: str
    ref: str
    title: str
    text: str
    pinned: bool = False
    copied: str = ""
    foreign: bool = False

    def still(self, ref: str) -> bool:
        """Whether what we once made under `ref`, and know by its id, is still this: ids are given to other things when
        a platform is restored from a backup. Who teaches may have deleted the reference from ours."""
        return ref in (self.ref, self.copied) or not (self.foreign or self.ref)


@runtime_checkable
class CourseAnnouncements(Protocol):
    """Announcements in courses. `course` is always `Course.id`."""

    def announcements(self, courses: Sequence[str]) -> Mapping[str, Snapshot[Announcement]]:
        """The announcements of these courses; a course that does not show where they stand is partial (M-10)."""

    def announce(self, course: str, draft: AnnouncementDraft) -> Receipt:
        """Make it, at the top; `ALREADY` with its id where one carries its reference, whatever that says."""

    def revise(self, course: str, announcement: str, draft: AnnouncementDraft) -> Receipt:
        """Change one of ours in place, and put it at the top; one that is not there any more, or is not
        `still` ours at a fresh look, is `REFUSED` and left alone."""
