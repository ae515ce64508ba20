"""One's own calendar by a secret address: one's own dates, for as long as one wants, and of nobody else a word."""

from __future__ import annotations

import re

import pytest
from starlette.requests import Request
from structlog.testing import capture_logs

from kypek_sync.ledger.calendar_feeds import Feed
from kypek_sync.ledger.calendar_tables import calendar_feeds as table
from kypek_sync.ledger.tables import seats
from kypek_sync.web.app import HEADERS, told_path
from kypek_sync.web.own_calendar import owner_of
from tests.notices.calendars import Told, by_icalendar, by_vobject
from tests.sync.centre import START, Centre, sync_once
from tests.web.pages import HERE, Browser

ADDRESS = re.compile(rf'<code class="address">{HERE}(/calendar/[\w-]+\.ics)</code>')
BEFORE = re.compile(r'name="before" value="([^"]*)"')


@pytest.fixture
def seated(centre: Centre) -> Centre:
    """The first two have a seat, the third waits; trainer1 teaches."""
    course = centre.course()
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    centre.seminar(course=centre.address(course), day=12, title="Πειράματα")
    centre.seminar("EKFE-26-02", day=13, title="Ρομποτική")
    sync_once(centre)
    return centre


def made(visitor: Browser, login: str = "teacher1") -> str:
    """Sign in and make an address; its path."""
    visitor.sign_in(login)
    return remade(visitor)


def remade(visitor: Browser) -> str:
    page = visitor.get("/calendar").text
    before = BEFORE.search(page)
    assert before
    answer = visitor.post("/calendar", token=visitor.token("/calendar"), before=before[1].replace("&#43;", "+"))
    found = ADDRESS.search(answer.text)
    assert found, answer.text
    return found[1]


def events(visitor: Browser, path: str) -> list[Told]:
    """What a calendar reads there, without any cookie."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert by_vobject(answer.content) == by_icalendar(answer.content)
    return by_vobject(answer.content)


def test_who_has_a_seat_sees_its_dates_in_their_calendar(seated: Centre, visitor: Browser) -> None:
    path = made(visitor)
    visitor.client.cookies.clear()
    (event,) = events(visitor, path)
    assert (event.uid, event.summary, event.status) == ("1.EKFE-26-01@att-a.kypek-sync", "Πειράματα", "CONFIRMED")
    assert "X-WR-CALNAME:Τα σεμινάριά μου" in visitor.get(path).text


def test_who_waits_sees_nothing_yet(seated: Centre, visitor: Browser) -> None:
    assert events(visitor, made(visitor, "teacher3")) == []


def test_who_moves_up_sees_it_at_the_same_address_and_who_left_no_more(seated: Centre, visitor: Browser) -> None:
    leaver, mover = made(visitor, "teacher1"), made(visitor, "teacher3")
    course = next(iter(seated.seminars["EKFE-26-01"]["course"].rsplit("/", 2)[1:]))
    seated.world.unenrol("teacher1", course)
    seated.clock.turn(minutes=15)
    sync_once(seated)
    assert events(visitor, leaver) == []
    assert [one.summary for one in events(visitor, mover)] == ["Πειράματα"]


def test_who_teaches_sees_all_that_they_teach(seated: Centre, visitor: Browser) -> None:
    those = events(visitor, made(visitor, "trainer1"))
    assert [one.summary for one in those] == ["Πειράματα", "Ρομποτική"]
    assert all("Διδάσκετε σε αυτό το σεμινάριο." in one.description for one in those)


def test_a_seminar_that_is_cancelled_says_so_there(seated: Centre, visitor: Browser) -> None:
    path = made(visitor, "trainer1")
    seated.seminar("EKFE-26-02", status="ΑΚΥΡΩΘΗΚΕ")
    seated.clock.turn(hours=1)
    sync_once(seated)
    assert {one.uid[2:12]: (one.status, one.sequence) for one in events(visitor, path)} == {
        "EKFE-26-01": ("CONFIRMED", 0),
        "EKFE-26-02": ("CANCELLED", 1),
    }


def test_it_names_nobody_not_even_its_owner(seated: Centre, visitor: Browser) -> None:
    for login in ("teacher1", "trainer1"):
        said = visitor.get(made(visitor, login)).text.lower()
        assert "teacher" not in said
        assert "trainer" not in said
        assert "/calendar/" not in said


def test_the_address_is_shown_once_and_kept_nowhere(seated: Centre, visitor: Browser) -> None:
    path = made(visitor)
    word = path.removeprefix("/calendar/").removesuffix(".ics")
    page = visitor.get("/calendar").text
    assert word not in page
    assert "Έχετε διεύθυνση από τις 2 Νοεμβρίου 2026" in visitor.text("/calendar")
    files = [file for file in seated.folder.iterdir() if file.name.startswith("kypek.db")]
    assert files
    assert not any(word.encode() in file.read_bytes() for file in files)


def test_a_new_address_ends_the_one_before(seated: Centre, visitor: Browser) -> None:
    first = made(visitor)
    seated.clock.turn(minutes=1)
    second = remade(visitor)
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200


def test_a_page_that_is_sent_twice_does_not_end_what_was_just_copied(seated: Centre, visitor: Browser) -> None:
    path = made(visitor)
    again = visitor.post("/calendar", token=visitor.token("/calendar"), before="")
    assert (again.status_code, again.headers["location"]) == (303, "/calendar")
    assert visitor.get(path).status_code == 200


def test_an_address_can_be_ended(seated: Centre, visitor: Browser) -> None:
    path = made(visitor)
    assert visitor.post("/calendar/end", token=visitor.token("/calendar")).status_code == 303
    assert visitor.get(path).status_code == 404
    assert "Έχετε διεύθυνση" not in visitor.text("/calendar")


@pytest.mark.parametrize("path", ["/calendar", "/calendar/end"])
def test_no_other_site_can_make_or_end_one(seated: Centre, visitor: Browser, path: str) -> None:
    address = made(visitor)
    assert visitor.post(path, token="wrong", before="").status_code == 403
    assert visitor.post(path).status_code == 403
    assert visitor.get(address).status_code == 200


def test_without_signing_in_there_is_none_to_be_had(seated: Centre, visitor: Browser) -> None:
    page = visitor.get("/calendar")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/calendar")
    assert visitor.post("/calendar", token=visitor.token("/sign-in"), before="").status_code == 403


@pytest.mark.parametrize("word", ["x", "a" * 43, "%CE%B1", "x" * 5000, "..%2fatt-a"])
def test_an_unknown_address_is_no_page(seated: Centre, visitor: Browser, word: str) -> None:
    answer = visitor.get(f"/calendar/{word}.ics")
    assert answer.status_code == 404
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == "no-store"


def test_what_has_not_changed_is_not_sent_again_and_nobody_in_between_keeps_it(
    seated: Centre, visitor: Browser
) -> None:
    path = made(visitor)
    first = visitor.get(path)
    assert first.headers["cache-control"] == "private, max-age=900"
    assert first.headers["x-robots-tag"] == "noindex"
    assert "access-control-allow-origin" not in first.headers
    assert "last-modified" not in first.headers
    seated.clock.turn(hours=3)
    sync_once(seated)
    assert visitor.get(path, **{"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_log_does_not_tell_it(seated: Centre, visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(visitor)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kypek_sync.web.own_calendar.own_meetings", broken)
    with capture_logs() as lines:
        assert visitor.get(path).status_code == 500
    assert [line["path"] for line in lines] == ["/calendar/…"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/calendar/a-secret.ics", "/calendar/…"),
        ("/s/EKFE-26-01/own/a-secret", "/s/EKFE-26-01/own/…"),
        ("/calendar", "/calendar"),
        ("/s/EKFE-26-01", "/s/EKFE-26-01"),
    ],
)
def test_no_log_tells_a_secret_word(path: str, told: str) -> None:
    assert told_path(Request({"type": "http", "path": path, "headers": [], "server": ("a", 80)})) == told


def test_a_login_that_passed_to_somebody_else_took_no_calendar_along(seated: Centre, visitor: Browser) -> None:
    """A feed is a person's, and who has their login now is another one: it shows nothing of them (rule 12)."""
    path = made(visitor)
    with seated.installation() as inst, inst.ledger.begin() as connection:
        connection.execute(table.update().values(person="somebody of before"))
    assert events(visitor, path) == []
    assert "Έχετε διεύθυνση" not in visitor.text("/calendar")


def test_who_was_not_in_the_directory_when_it_was_made_sees_what_they_got_since(
    seated: Centre, visitor: Browser
) -> None:
    path = made(visitor)
    with seated.installation() as inst, inst.ledger.begin() as connection:
        connection.execute(table.update().values(person=""))
    assert [one.summary for one in events(visitor, path)] == ["Πειράματα"]


def test_a_seat_of_somebody_else_under_the_same_login_is_not_theirs(seated: Centre, visitor: Browser) -> None:
    path = made(visitor)
    with seated.installation() as inst, inst.ledger.begin() as connection:
        connection.execute(seats.update().values(person="somebody of before"))
    assert events(visitor, path) == []


def test_who_has_another_login_now_keeps_the_calendar(seated: Centre) -> None:
    with seated.installation() as inst, inst.ledger.begin() as connection:
        known = owner_of(connection, "directory", Feed("teacher1", "", START))
        assert known is not None
        renamed = owner_of(connection, "directory", Feed("an.old.login", known.person, START))
        assert renamed is not None
        assert (renamed.person, renamed.login) == (known.person, "teacher1")
        assert "teacher1" in renamed.logins
