"""What a teacher of a course is asked to do, what goes into the ticket of a platform, and when nobody is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.contract import Capability, Course, Work
from kypek_sync.language import speaker
from kypek_sync.model import Form, Seminar, Session, SourceRow, Status
from kypek_sync.seminar.by_hand import FOR_TEACHERS, Kind, Sight, Todo, wanted
from kypek_sync.seminar.by_hand_words import Undone, line, platform_cases

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
STARTS = datetime(2027, 3, 5, 15, 0, tzinfo=UTC)
PAGE = "https://kypek.example/s/EKFE-27-01"
EL = speaker("el")
LINE = "05/03/2027 17:00–20:00, ΕΚΦΕ"


def session(number: int = 1, starts: datetime = STARTS, **facts) -> Session:
    return Session(number, starts, starts + timedelta(hours=3), Form.IN_PERSON, place="ΕΚΦΕ", **facts)


def sight(**facts) -> Sight:
    seminar = Seminar(
        "EKFE-27-01", "ekfe", "Ρομποτική", Form.IN_PERSON, SourceRow("ekfe.xlsx", "Σεμινάρια", 2), sessions=(session(),)
    )
    course = Course("TMA101", "Ρομποτική [EKFE-27-01]", "https://eclass.example/courses/TMA101/", description=PAGE)
    links = {work: f"https://eclass.example/{work.value}" for work in Work}
    given = {"seminar": seminar, "course": course, "title": "Ρομποτική", "page": PAGE, "can": frozenset()}
    return Sight(**{**given, "links": links, "taught": True, **facts})


def asked(one: Sight, now: datetime = NOW) -> dict[Kind, Todo]:
    return {todo.kind: todo for todo in wanted(one, now, EL)}


def test_announcement_and_dates_come_with_a_link_and_a_text_to_paste() -> None:
    found = asked(sight())
    assert set(found) == {Kind.ANNOUNCEMENT, Kind.DATES}
    assert found[Kind.ANNOUNCEMENT].link == "https://eclass.example/announcement"
    assert found[Kind.ANNOUNCEMENT].text.splitlines() == [
        "Το σεμινάριο «Ρομποτική»: συνεδρίες",
        LINE,
        f"Όλα για το σεμινάριο: {PAGE}",
    ]
    assert found[Kind.DATES].text == f"{LINE} · Ρομποτική (1)"


@pytest.mark.parametrize(
    ("can", "left"),
    [
        (Capability.CALENDAR, {Kind.ANNOUNCEMENT}),
        (Capability.ANNOUNCEMENT, {Kind.DATES}),
        (Capability.COURSE_UPDATE, {Kind.ANNOUNCEMENT, Kind.DATES}),
    ],
)
def test_what_the_platform_can_do_is_nobodys_work(can: Capability, left: set[Kind]) -> None:
    assert set(asked(sight(can=frozenset({can})))) == left


def test_a_renamed_seminar_wants_its_course_renamed_with_the_sign_it_is_found_by() -> None:
    found = asked(sight(title="Ρομποτική ΙΙ"))[Kind.TITLE]
    assert found.text == "Ρομποτική ΙΙ [EKFE-27-01]"
    assert found.link == "https://eclass.example/details"


def test_a_title_that_is_long_is_not_asked_for_because_it_was_cut() -> None:
    long = "Εισαγωγή στη ρομποτική " * 12
    course = replace(sight().course, title=f"{long[:200].strip()}… [EKFE-27-01]")
    assert Kind.TITLE not in asked(sight(title=long, course=course))


def test_a_seminar_that_is_on_again_loses_the_word_of_its_cancellation() -> None:
    course = replace(sight().course, title="ΑΚΥΡΩΘΗΚΕ: Ρομποτική [EKFE-27-01]")
    assert asked(sight(course=course))[Kind.TITLE].text == "Ρομποτική [EKFE-27-01]"


def test_an_adopted_course_keeps_its_title_and_is_asked_for_the_address_of_the_page() -> None:
    course = replace(sight().course, title="Κάτι άλλο", description="Του κέντρου μας.")
    found = asked(sight(course=course, adopted=True))
    assert Kind.TITLE not in found
    assert PAGE in found[Kind.PAGE].text


def test_a_cancelled_seminar_is_announced_and_its_dates_go_where_they_are_shown() -> None:
    one = sight(seminar=replace(sight().seminar, status=Status.CANCELLED), title="ΑΚΥΡΩΘΗΚΕ: Ρομποτική")
    found = asked(one)
    assert set(found) == {Kind.TITLE, Kind.ANNOUNCEMENT}
    assert "ακυρώθηκε" in found[Kind.ANNOUNCEMENT].text
    shown = asked(replace(one, shown={Work.DATES: "05/03/2027 17:00 Ρομποτική"}))
    assert shown[Kind.DATES].text.splitlines() == ["Να αφαιρεθούν:", LINE]


def test_a_cancelled_session_is_not_announced() -> None:
    other = session(2, STARTS + timedelta(days=7), status=Status.CANCELLED)
    one = sight(seminar=replace(sight().seminar, sessions=(session(), other)))
    assert "12/03/2027" not in asked(one)[Kind.ANNOUNCEMENT].text


def test_a_moved_session_is_another_text_and_so_to_be_done_anew() -> None:
    moved = sight(seminar=replace(sight().seminar, sessions=(session(starts=STARTS + timedelta(days=1)),)))
    for kind in (Kind.ANNOUNCEMENT, Kind.DATES):
        assert asked(moved)[kind].digest != asked(sight())[kind].digest


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        (None, None),
        ("", False),
        (f"Συνεδρίες\n  {LINE}\nΌλα για το σεμινάριο: {PAGE}", True),
        (f"Συνεδρίες\nΌλα για το σεμινάριο: {PAGE}", False),
    ],
)
def test_it_is_seen_done_when_every_session_stands_there(shown: str | None, seen: bool | None) -> None:
    assert asked(sight(shown={Work.ANNOUNCEMENT: shown}))[Kind.ANNOUNCEMENT].seen is seen


def test_dates_are_seen_by_their_beginnings() -> None:
    assert asked(sight(shown={Work.DATES: "05/03/2027 17:00 Α΄ συνεδρία"}))[Kind.DATES].seen is True
    assert asked(sight(shown={Work.DATES: "05/03/2027 18:00 Α΄ συνεδρία"}))[Kind.DATES].seen is False


def test_after_the_last_session_nothing_is_asked_of_anybody() -> None:
    late = STARTS + timedelta(days=1)
    assert asked(sight(stale=frozenset({"anna"}), taught=False), late) == {}


def test_only_a_platform_that_cannot_take_people_out_of_groups_needs_somebody_who_does() -> None:
    stale = sight(stale=frozenset({"maria", "anna"}))
    those = [one.login for one in wanted(stale, NOW, EL) if one.kind is Kind.LEAVE_GROUP]
    assert those == ["anna", "maria"]
    assert Kind.LEAVE_GROUP not in asked(replace(stale, can=frozenset({Capability.GROUP_REMOVE})))


@pytest.mark.parametrize(("taught", "told"), [(True, False), (None, False), (False, True)])
def test_a_course_in_which_nobody_teaches_is_for_its_platforms_administrators(taught: bool | None, told: bool) -> None:
    assert (Kind.TEACHER in asked(sight(taught=taught))) is told


def test_every_kind_of_work_has_a_line_in_greek() -> None:
    lines = {line(kind, EL) for kind in Kind}
    assert len(lines) == len(Kind)
    assert not any(said.isascii() for said in lines)
    assert set(FOR_TEACHERS) < set(Kind)


def test_a_platform_has_one_case_with_all_that_waits_there() -> None:
    undone = [
        Undone("eclass", "leave-group", "EKFE-27-01", "anna", "Άννα Δήμου", "https://eclass.example/groups"),
        Undone("eclass", "leave-group", "EKFE-27-01", "maria", "", "https://eclass.example/groups"),
        Undone("eclass", "teacher", "EKFE-27-02", "", "", "https://eclass.example/courses/TMA102/"),
        Undone("other", "leave-group", "EKFE-27-03", "nikos", "", "https://other.example"),
    ]
    here, there = platform_cases("att-a", undone, EL)
    assert (here.ref, there.ref) == ("kypek:case:att-a:by-hand:eclass", "kypek:case:att-a:by-hand:other")
    assert "- σεμινάριο EKFE-27-01, https://eclass.example/groups: anna (Άννα Δήμου), maria" in here.body
    assert "- σεμινάριο EKFE-27-02: https://eclass.example/courses/TMA102/" in here.body
    assert "nikos" not in here.body
    assert platform_cases("att-a", [], EL) == []


def test_a_case_has_no_list_of_people_where_only_a_teacher_is_wanted() -> None:
    (one,) = platform_cases("att-a", [Undone("eclass", "teacher", "EKFE-27-02", "", "", "https://eclass.example")], EL)
    assert line(Kind.TEACHER, EL) in one.body
    assert line(Kind.LEAVE_GROUP, EL) not in one.body


def test_a_seminar_without_sessions_has_neither_to_announce() -> None:
    assert asked(sight(seminar=replace(sight().seminar, sessions=()))) == {}
