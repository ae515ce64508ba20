"""What can be seen only across seminars: meetings that overlap, trainers who would be in two places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kypek_sync.model import Status, Trainer
from kypek_sync.programme.headings import Field
from kypek_sync.programme.seminars import Draft
from kypek_sync.programme.sessions import Meeting, clock_text
from kypek_sync.programme.tray import Tray


def _takes_place(draft: Draft) -> list[Meeting]:
    if draft.seminar.status is Status.CANCELLED:
        return []
    return [m for m in draft.meetings if m.session.status is Status.PLANNED]


def _overlaps(
    meetings: Sequence[tuple[Draft, Meeting]],
) -> Iterator[tuple[tuple[Draft, Meeting], tuple[Draft, Meeting]]]:
    """Neighbouring pairs of meetings that overlap, by time: each meeting with the longest-running one before it."""
    running: tuple[Draft, Meeting] | None = None
    for one in sorted(meetings, key=lambda m: (m[1].session.starts, m[1].session.ends)):
        if running and one[1].session.starts < running[1].session.ends:
            yield running, one
        if running is None or one[1].session.ends > running[1].session.ends:
            running = one


def _within_seminars(drafts: Sequence[Draft], tray: Tray) -> None:
    for draft in drafts:
        meetings = sorted(_takes_place(draft), key=lambda m: m.session.starts)
        together = [[m for m in meetings if m.session.part in (None, part.id)] for part in draft.seminar.courses]
        for earlier, later in (pair for those in together for pair in pairwise(those)):
            if later.session.starts < earlier.session.ends:
                tray.add(
                    "session-overlap",
                    later.row.cell(Field.STARTS),
                    draft.seminar.code,
                    first=str(earlier.session.number),
                    second=str(later.session.number),
                )


def _key(trainer: Trainer) -> str:
    return trainer.login or trainer.mail.casefold()


def _trainers(drafts: Sequence[Draft], tray: Tray) -> None:
    order = {id(draft): number for number, draft in enumerate(drafts)}
    taught: dict[str, list[tuple[Draft, Meeting]]] = defaultdict(list)
    names: dict[str, str] = {}
    for draft in drafts:
        for trainer in draft.seminar.trainers:
            names[_key(trainer)] = trainer.name or trainer.login
            taught[_key(trainer)].extend((draft, meeting) for meeting in _takes_place(draft))
    for key, meetings in taught.items():
        for one, other in _overlaps(meetings):
            if one[0] is other[0]:
                continue
            first, second = sorted((one, other), key=lambda m: order[id(m[0])])
            for (draft, meeting), (rival, against), word in (
                (first, second, "trainer-overlap-first"),
                (second, first, "trainer-overlap"),
            ):
                tray.add(
                    word,
                    meeting.row.cell(Field.STARTS),
                    draft.seminar.code,
                    trainer=names[key],
                    other=rival.seminar.title,
                    moment=clock_text(against.session.starts),
                    row=str(against.row.source.row),
                )


def check_across(drafts: Sequence[Draft], tray: Tray) -> None:
    """Notes sessions of one seminar that overlap, and trainers who would teach twice at a time. Of two seminars that
    want the same trainer, the later in the file is kept back; the earlier gets a warning."""
    _within_seminars(drafts, tray)
    _trainers(drafts, tray)
