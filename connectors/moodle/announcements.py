"""An announcement of ours in the course's own forum for news: looked for first, made or changed in place, read back.

A course has that forum from its first moment (section 3). Our reference is the last line of the message. In a forum for
news Moodle lets people change their own first post at any time, unlike in other forums: mod/forum:editanypost is not
needed. Pinning takes mod/forum:pindiscussions, without which it is left unpinned in silence. It is told to be for
everybody: in a course of separate groups Moodle would otherwise show it to no group (4.5.6, on a real site).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import connectors.moodle.extra_mapping as extra_mapping
from connectors.moodle.batches import Writer, refused
from connectors.moodle.catalogue import OURS, sendable
from connectors.moodle.client import MoodleClient, in_batches
from connectors.moodle.extra_mapping import PostRow
from connectors.moodle.probing import Site
from connectors.moodle.refusals import Faulted, Refused
from kypek_sync.contract import (
    Ambiguous,
    Announcement,
    AnnouncementDraft,
    Outcome,
    Receipt,
    SkipThis,
    Snapshot,
    StopConnector,
    TryLater,
    html_of,
    words_of,
)
from kypek_sync.model import Clock

TITLE_LENGTH = 255
_FORUMS = "mod_forum_get_forums_by_courses"
_POSTS = "mod_forum_get_forum_discussions"
_EVERYBODY = -1


@dataclass(frozen=True, slots=True)
class _Board:
    """What a course's forum for news shows; `forum` is its number, 0 where none is shown."""

    forum: int
    snapshot: Snapshot[Announcement]


class Announcements:
    """Reads and writes the announcements of courses."""

    def __init__(self, client: MoodleClient, site: Site, writer: Writer, clock: Clock) -> None:
        self._client = client
        self._site = site
        self._writer = writer
        self._clock = clock
        self._system = client.system

    def read(self, courses: Sequence[str]) -> dict[str, Snapshot[Announcement]]:
        """The announcements of courses: one call for the forums of all, and one for each forum."""
        return {course: board.snapshot for course, board in self._boards(courses).items()}

    def add(self, course: str, draft: AnnouncementDraft) -> Receipt:
        """Start a pinned discussion, unless one with its reference is there."""
        if why := _unfit(draft):
            return refused(why)
        with self._writer.alone(course):
            board = self._sure(course)
            if found := _ours(board, draft.ref):
                return Receipt(Outcome.ALREADY, found.id)
            options = [{"name": "discussionpinned", "value": 1}, {"name": "discussionsubscribe", "value": 0}]
            words = {"forumid": board.forum, "groupid": _EVERYBODY, "options": options, **_words(draft)}
            return self._written(course, "mod_forum_add_discussion", words, draft, lambda now: _ours(now, draft.ref))

    def change(self, course: str, announcement: str, draft: AnnouncementDraft) -> Receipt:
        """Change the first post of a discussion of ours."""
        if why := _unfit(draft):
            return refused(why)
        with self._writer.alone(course):
            found = _same(self._sure(course), announcement, draft.ref)
            if found is None:
                return refused(f"The course {course} has no announcement {announcement} any more.")
            if _says(found, draft):
                return Receipt(Outcome.ALREADY, announcement)
            words = {"postid": announcement, "options": [{"name": "pinned", "value": 1}], **_words(draft)}
            function = "mod_forum_update_discussion_post"
            return self._written(course, function, words, draft, lambda now: _same(now, announcement, draft.ref))

    def _boards(self, courses: Sequence[str]) -> dict[str, _Board]:
        as_of, me = self._clock(), self._site.info().userid
        forums: dict[str, int] = {}
        for batch in in_batches(sorted(courses, key=lambda course: (len(course), course)), 1):
            rows = self._client.read(_FORUMS, extra_mapping.forums, {"courseids": list(batch)})
            for row in sorted(rows, key=lambda one: one.id, reverse=True):
                if row.kind == "news":
                    forums[str(row.course)] = row.id
        return {course: self._board(course, forums.get(course, 0), me, as_of) for course in courses}

    def _board(self, course: str, forum: int, me: int, as_of: datetime) -> _Board:
        scope = f"{course}/announcements"
        if not forum:
            why = "no forum for news is shown: it was deleted, or the account may not see it"
            return _Board(0, Snapshot(self._system, scope, as_of, (), False, why))
        answer = self._client.read(_POSTS, extra_mapping.posts, {"forumid": forum})
        why = "; ".join(answer.warnings)
        items = tuple(_announcement(row, me) for row in answer.posts)
        return _Board(forum, Snapshot(self._system, scope, as_of, items, not why, why, () if why else ("end of list",)))

    def _sure(self, course: str) -> _Board:
        board = self._boards([course])[course]
        if not board.snapshot.complete:
            raise TryLater(
                self._system,
                f"The announcements of the course {course} are not shown: {board.snapshot.why_partial}.",
                hint="Put its forum «Announcements» back, or give the account mod/forum:viewdiscussion.",
            )
        return board

    def _written(
        self,
        course: str,
        function: str,
        words: dict[str, object],
        draft: AnnouncementDraft,
        find: Callable[[_Board], Announcement | None],
    ) -> Receipt:
        """Send it once, then look whether it stands: as written, and at the top."""
        doubt: Faulted | None = None
        try:
            said = self._client.write(function, extra_mapping.forum_answer, words)
        except Refused as error:
            return refused(error.advice)
        except Faulted as error:
            doubt, said = error, ()
        try:
            found = find(self._sure(course))
        except (TryLater, StopConnector, SkipThis) as error:
            raise Ambiguous(self._system, f"The announcement in the course {course} could not be read back.") from error
        if found is not None and _reads(found, draft):
            return Receipt(Outcome.DONE, found.id, detail="" if found.pinned else _NOT_PINNED)
        if doubt is not None:
            raise TryLater(self._system, doubt.message, hint="The announcement is as it was.")
        if said:
            return refused(f"Moodle did not write the announcement ({said[0]}).")
        raise Ambiguous(self._system, f"Moodle wrote an announcement in the course {course}, but does not show it.")


_NOT_PINNED = "It is not pinned: the service account lacks mod/forum:pindiscussions."


def _announcement(row: PostRow, me: int) -> Announcement:
    lines = words_of(row.message).rstrip().split("\n")
    last = lines[-1].strip()
    marked = last if last.startswith(OURS) else ""
    return Announcement(
        id=str(row.id),
        ref=marked if row.author == me else "",
        title=row.subject,
        text="\n".join(lines[:-1] if marked else lines).strip(),
        pinned=row.pinned,
        copied=marked if row.author != me else "",
        foreign=row.author != me,
    )


def _ours(board: _Board, ref: str) -> Announcement | None:
    mine = [one for one in board.snapshot.items if one.ref == ref]
    return min(mine, key=lambda one: (len(one.id), one.id), default=None)


def _same(board: _Board, announcement: str, ref: str) -> Announcement | None:
    """The one of this id while it is still ours, also where an earlier account of ours wrote it."""
    return next((one for one in board.snapshot.items if one.id == announcement and one.still(ref)), None)


def _says(found: Announcement, draft: AnnouncementDraft) -> bool:
    return found.pinned and draft.ref in (found.ref, found.copied) and _reads(found, draft)


def _reads(found: Announcement, draft: AnnouncementDraft) -> bool:
    return (_level(found.title), _level(found.text)) == (_level(draft.title), _level(draft.text))


def _level(text: str) -> str:
    return " ".join(text.split())


def _words(draft: AnnouncementDraft) -> dict[str, object]:
    message = f"{html_of(draft.text)}<p><small>{html.escape(draft.ref)}</small></p>"
    return {"subject": draft.title, "message": message}


def _unfit(draft: AnnouncementDraft) -> str:
    if not sendable(draft.title, TITLE_LENGTH) or "<" in draft.title.replace("< ", ""):
        return (
            f"The announcement's title is empty, longer than {TITLE_LENGTH} letters, has a `<` directly before a "
            "letter, or has letters that Moodle cannot hold."
        )
    if not draft.ref.startswith(OURS) or not sendable(draft.ref, TITLE_LENGTH):
        return f"The reference {draft.ref!r} is empty, too long or has letters that Moodle cannot hold."
    return ""
