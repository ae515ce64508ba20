"""Work by hand on the seminar's page: seen and ticked off by those who teach it, by nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kypek_sync.contract import CourseKey
from kypek_sync.ledger import todos
from kypek_sync.ledger.todos import Closed
from kypek_sync.seminar.by_hand import Kind, Todo
from kypek_sync.sync.installation import Installation
from tests.sync.centre import Centre, sync_once
from tests.web.pages import Browser

CODE = "EKFE-26-01"
PAGE = f"/s/{CODE}"


@pytest.fixture
def made(centre: Centre) -> Centre:
    """A seminar with its course, which wants an announcement and dates."""
    centre.seminar(CODE)
    for _ in range(2):
        sync_once(centre)
        centre.clock.turn(minutes=15)
    return centre


@pytest.fixture
def inst(made: Centre) -> Iterator[Installation]:
    with made.installation() as it:
        yield it


def open_kinds(inst: Installation) -> dict[Kind, int]:
    with inst.ledger.begin(keep=False) as connection:
        return {one.kind: one.id for one in todos.listed(connection, "att-a", seminar=CODE)}


@pytest.mark.parametrize("login", ["officer1", "trainer1"])
def test_who_teaches_sees_link_and_text(made: Centre, visitor: Browser, login: str) -> None:
    visitor.sign_in(login)
    page = visitor.get(PAGE).text
    assert "Αναρτήστε αυτή την ανακοίνωση στο μάθημα" in page
    assert f'href="{made.server.address}/modules/agenda/' in page
    assert "03/03/2027 17:00–20:00, ΕΚΦΕ" in visitor.text(PAGE)
    assert "<textarea readonly" in page


@pytest.mark.parametrize("login", ["", "teacher1"])
def test_nobody_else_sees_it(visitor: Browser, login: str) -> None:
    if login:
        visitor.sign_in(login)
    assert "Εκκρεμότητες" not in visitor.text(PAGE)


def test_a_tick_is_taken_with_the_name_and_can_be_taken_back(inst: Installation, visitor: Browser) -> None:
    visitor.sign_in("officer1")
    number = open_kinds(inst)[Kind.DATES]
    answer = visitor.post(f"{PAGE}/work", token=visitor.token(PAGE), task=str(number))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#work")
    assert Kind.DATES not in open_kinds(inst)
    with inst.ledger.begin(keep=False) as connection:
        ticked = todos.get(connection, number)
    assert ticked is not None
    assert (ticked.how, ticked.closed_by) == (Closed.TICKED, "officer1")
    assert "Έγινε, σύμφωνα με officer1" in visitor.text(PAGE)
    visitor.post(f"{PAGE}/work", token=visitor.token(PAGE), task=str(number), back="1")
    assert Kind.DATES in open_kinds(inst)


@pytest.mark.parametrize("login", ["", "teacher1"])
def test_nobody_else_ticks_it_off(inst: Installation, visitor: Browser, login: str) -> None:
    if login:
        visitor.sign_in(login)
    number = open_kinds(inst)[Kind.DATES]
    assert visitor.post(f"{PAGE}/work", token=visitor.token(), task=str(number)).status_code == 403
    assert Kind.DATES in open_kinds(inst)


def test_a_form_of_another_site_ticks_nothing_off(inst: Installation, visitor: Browser) -> None:
    visitor.sign_in("officer1")
    number = open_kinds(inst)[Kind.DATES]
    assert visitor.post(f"{PAGE}/work", token="guessed", task=str(number)).status_code == 403
    assert Kind.DATES in open_kinds(inst)


@pytest.mark.parametrize("task", ["", "x", "999999", "9" * 30, "²"])
def test_what_is_no_work_of_the_seminar_changes_nothing(inst: Installation, visitor: Browser, task: str) -> None:
    before = open_kinds(inst)
    visitor.sign_in("officer1")
    assert visitor.post(f"{PAGE}/work", token=visitor.token(PAGE), task=task).status_code == 303
    assert open_kinds(inst) == before


def test_work_of_another_seminar_or_of_the_platform_is_not_ticked_off_here(
    inst: Installation, visitor: Browser, made: Centre
) -> None:
    now = made.clock()
    with inst.ledger.begin() as connection:
        todos.open_one(connection, "att-a", "eclass", "EKFE-26-09", Todo(Kind.DATES), now)
        todos.open_one(connection, "att-a", "eclass", CODE, Todo(Kind.LEAVE_GROUP, "teacher1"), now)
        numbers = [
            one.id
            for one in todos.listed(connection, "att-a")
            if one.seminar == "EKFE-26-09" or one.kind is Kind.LEAVE_GROUP
        ]
    visitor.sign_in("officer1")
    assert "teacher1" not in visitor.text(PAGE)
    for number in numbers:
        visitor.post(f"{PAGE}/work", token=visitor.token(PAGE), task=str(number))
        with inst.ledger.begin(keep=False) as connection:
            one = todos.get(connection, number)
        assert one is not None
        assert one.closed is None


def test_who_must_sign_in_somewhere_once_is_told_on_the_page(
    inst: Installation, visitor: Browser, made: Centre
) -> None:
    asked = Todo(Kind.SIGN_IN, "teacher1", "https://eclass.example")
    with inst.ledger.begin() as connection:
        todos.open_one(connection, "att-a", "eclass", CODE, asked, made.clock())
    visitor.sign_in("teacher1")
    assert "Παρακαλούμε συνδεθείτε μία φορά στο Open eClass" in visitor.text(PAGE)
    assert 'href="https://eclass.example"' in visitor.get(PAGE).text
    visitor.sign_in("teacher2")
    assert "συνδεθείτε μία φορά" not in visitor.text(PAGE)


def test_an_officer_ticks_off_what_stays_in_a_course_that_is_not_named_any_more(
    inst: Installation, visitor: Browser
) -> None:
    """There is nothing to paste."""
    with inst.ledger.begin() as connection:
        todos.only_in(
            connection, "att-a", Kind.UNNAMED, {CourseKey("moodle", CODE): "https://moodle.example/1"}, inst.clock()
        )
        (one,) = todos.listed(connection, "att-a", kinds=(Kind.UNNAMED,))
    visitor.sign_in("officer1")
    page = visitor.get(PAGE).text
    assert "Δείτε τι μένει σε αυτό το μάθημα" in page
    assert 'href="https://moodle.example/1"' in page
    assert '<textarea readonly rows="1" aria-label="Κείμενο για αντιγραφή: Δείτε' not in page
    visitor.post(f"{PAGE}/work", token=visitor.token(PAGE), task=str(one.id))
    with inst.ledger.begin(keep=False) as connection:
        found = todos.get(connection, one.id)
    assert found is not None
    assert (found.how, found.closed_by) == (Closed.TICKED, "officer1")
