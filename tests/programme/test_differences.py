"""What changed between two readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kypek_sync.model import Audience, Form, Seminar, Session, SourceRow, Status, Trainer
from kypek_sync.programme import DiffKind, FieldDiff, SeminarDiff, SessionDiff, diff

START = datetime(2027, 3, 12, 15, tzinfo=UTC)
SESSION = Session(1, START, START + timedelta(hours=3), Form.IN_PERSON, "ΕΚΦΕ")
SEMINAR = Seminar("A-1", "kepl", "Ήχος", Form.IN_PERSON, SourceRow("p.xlsx", "Σεμινάρια", 2), (SESSION,), capacity=20)


def test_the_same_programme_has_no_differences_wherever_its_rows_stand():
    assert diff([SEMINAR], [replace(SEMINAR, source=SourceRow("q.xlsx", "Φύλλο1", 9))]) == ()


def test_a_new_seminar_is_added():
    assert diff([], [SEMINAR]) == (SeminarDiff("A-1", "Ήχος", DiffKind.ADDED),)


def test_a_seminar_that_is_not_there_is_missing_never_cancelled():
    assert diff([SEMINAR], []) == (SeminarDiff("A-1", "Ήχος", DiffKind.MISSING),)


def test_a_cancelled_seminar_is_told_as_such_and_so_is_its_return():
    gone = replace(SEMINAR, status=Status.CANCELLED)
    assert [d.kind for d in diff([SEMINAR], [gone])] == [DiffKind.CANCELLED]
    assert [d.kind for d in diff([gone], [SEMINAR])] == [DiffKind.RESTORED]


def test_changed_fields_are_named_with_both_values():
    after = replace(
        SEMINAR, capacity=None, trainers=(Trainer(name="Α Β", mail="a@b.gr"),), audience=Audience(specialties=("ΠΕ86",))
    )
    [changed] = diff([SEMINAR], [after])
    assert changed.kind is DiffKind.CHANGED
    assert changed.fields == (
        FieldDiff("trainers", "", "Α Β <a@b.gr>"),
        FieldDiff("capacity", "20", ""),
        FieldDiff("audience.specialties", "", "ΠΕ86"),
    )
    assert changed.touched == {"trainers", "capacity", "audience.specialties"}


def test_sessions_are_matched_by_number_and_shown_in_local_time():
    moved = replace(SESSION, starts=START + timedelta(days=7), ends=SESSION.ends + timedelta(days=7))
    second = replace(SESSION, number=2)
    [changed] = diff([SEMINAR], [replace(SEMINAR, sessions=(moved, second))])
    assert changed.fields == ()
    assert changed.sessions == (
        SessionDiff(
            1,
            DiffKind.CHANGED,
            (
                FieldDiff("starts", "2027-03-12 17:00", "2027-03-19 17:00"),
                FieldDiff("ends", "2027-03-12 20:00", "2027-03-19 20:00"),
            ),
        ),
        SessionDiff(2, DiffKind.ADDED),
    )
    assert changed.touched == {"session.starts", "session.ends", "session"}


def test_a_session_that_is_not_there_is_missing_and_a_cancelled_one_cancelled():
    [gone] = diff([SEMINAR], [replace(SEMINAR, sessions=())])
    assert gone.sessions == (SessionDiff(1, DiffKind.MISSING),)
    [off] = diff([SEMINAR], [replace(SEMINAR, sessions=(replace(SESSION, status=Status.CANCELLED),))])
    assert (off.kind, off.sessions[0].kind) == (DiffKind.CHANGED, DiffKind.CANCELLED)
    [back] = diff([replace(SEMINAR, sessions=(replace(SESSION, status=Status.CANCELLED),))], [SEMINAR])
    assert back.sessions[0].kind is DiffKind.RESTORED


def test_the_order_is_that_of_the_newer_one_and_missing_ones_come_last():
    before = [replace(SEMINAR, code=c) for c in ("A-3", "A-1", "A-2")]
    after = [replace(SEMINAR, code=c, title="Νέος") for c in ("A-2", "A-1")]
    assert [d.code for d in diff(before, after)] == ["A-2", "A-1", "A-3"]
