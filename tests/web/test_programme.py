"""The programme of a KYPEK as a page and as feeds: the same seminars, approved ones only, for three months."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kypek_sync.sync.installation import Installation
from kypek_sync.sync.three_months import Window
from tests.notices.calendars import by_icalendar, by_vobject
from tests.sync.centre import Centre, sync_once
from tests.web.pages import Browser, words

FEEDS = {
    "/programme/att-a.ics": "text/calendar; charset=utf-8",
    "/programme/att-a.atom": "application/atom+xml",
    "/programme/att-a.json": "application/feed+json",
    "/s/EKFE-26-01/calendar.ics": "text/calendar; charset=utf-8",
}
ADDRESS = "http://127.0.0.1:8080"


@pytest.fixture
def offered(centre: Centre) -> Centre:
    """Two seminars in March, seen in February: one takes place, one is cancelled."""
    centre.clock.now = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    centre.seminar("EKFE-26-01", day=12, title="Πειράματα με απλά υλικά")
    centre.seminar("EKFE-26-02", day=10, title="Ρομποτική", status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(centre)
    return centre


def test_the_page_tells_the_months_in_their_order(offered: Centre, visitor: Browser) -> None:
    said = visitor.text("/programme/att-a")
    assert "Μάρτιος 2027" in said
    assert "Τετ 10 Μαρ ακυρώθηκε 17:00–20:00 Ρομποτική ΕΚΦΕ" in said
    assert "Παρ 12 Μαρ 17:00–20:00 Πειράματα με απλά υλικά ΕΚΦΕ" in said
    assert said.index("Ρομποτική") < said.index("Πειράματα")


def test_a_calendar_has_the_same_and_says_what_is_cancelled(offered: Centre, visitor: Browser) -> None:
    content = visitor.get("/programme/att-a.ics").content
    assert by_vobject(content) == by_icalendar(content)
    assert [(one.uid, one.status) for one in by_vobject(content)] == [
        ("1.EKFE-26-02@att-a.kypek-sync", "CANCELLED"),
        ("1.EKFE-26-01@att-a.kypek-sync", "CONFIRMED"),
    ]
    assert "X-WR-CALNAME:ΚΥΠΕΚ Α΄ Αθήνας: σεμινάρια" in content.decode()


def test_a_session_that_moves_is_a_later_version_in_the_feed(offered: Centre, visitor: Browser) -> None:
    before = by_vobject(visitor.get("/s/EKFE-26-01/calendar.ics").content)
    offered.seminar("EKFE-26-01", day=19)
    offered.clock.turn(hours=1)
    sync_once(offered, "seats")
    sync_once(offered, "seats")
    after = by_vobject(visitor.get("/s/EKFE-26-01/calendar.ics").content)
    assert [one.uid for one in before] == [one.uid for one in after]
    assert (before[0].sequence, after[0].sequence, after[0].starts.day) == (0, 1, 19)


def test_atom_has_an_entry_for_each_seminar(offered: Centre, visitor: Browser) -> None:
    feed = feedparser.parse(visitor.get("/programme/att-a.atom").content)
    assert not feed.bozo
    assert (feed.version, feed.feed.title, feed.feed.language) == ("atom10", "ΚΥΠΕΚ Α΄ Αθήνας: σεμινάρια", "el")
    assert feed.feed.id == f"{ADDRESS}/programme/att-a"
    off, on = feed.entries
    assert (off.title, on.title) == ("Ακυρώθηκε: Ρομποτική", "Πειράματα με απλά υλικά")
    assert (on.id, on.link) == (f"{ADDRESS}/s/EKFE-26-01",) * 2
    assert "12/03/2027 17:00–20:00, ΕΚΦΕ" in on.content[0].value
    assert {link.href for link in feed.feed.links} == {
        f"{ADDRESS}/programme/att-a{ending}" for ending in ("", ".ics", ".atom", ".json")
    }


def test_json_says_what_programs_want_to_know(offered: Centre, visitor: Browser) -> None:
    feed = visitor.get("/programme/att-a.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{ADDRESS}/programme/att-a.json"
    off, on = feed["items"]
    assert on["id"] == on["url"] == f"{ADDRESS}/s/EKFE-26-01"
    seminar = on["_seminar"]
    assert (seminar["code"], seminar["status"], off["_seminar"]["status"]) == ("EKFE-26-01", "planned", "cancelled")
    (session,) = seminar["sessions"]
    assert (session["starts"], session["place"]) == ("2027-03-12T17:00:00+02:00", "ΕΚΦΕ")


@pytest.mark.parametrize("path", [*FEEDS, "/programme/att-a"])
def test_what_nobody_has_approved_is_nowhere(centre: Centre, path: str) -> None:
    centre.clock.now = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    centre.settings(approval="true")
    centre.seminar("EKFE-26-01", title="Πρόχειρο")
    sync_once(centre)
    with centre.installation() as inst:
        page = Browser(inst).get(path)
    assert "Πρόχειρο" not in page.text
    assert page.status_code == (404 if path.startswith("/s/") else 200)


@pytest.mark.parametrize("ending", ["", ".ics", ".atom", ".json"])
def test_what_is_over_or_far_away_is_not_in_it(offered: Centre, ending: str) -> None:
    for now, there in (
        (datetime(2026, 12, 9, 22, 0, tzinfo=UTC), False),  # three months later begins the tenth
        (datetime(2026, 12, 10, 22, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 10, 21, 59, tzinfo=UTC), True),  # it is still its day in Greece
        (datetime(2027, 3, 10, 22, 0, tzinfo=UTC), False),
    ):
        offered.clock.now = now
        with offered.installation() as inst:
            assert ("Ρομποτική" in Browser(inst).get(f"/programme/att-a{ending}").text) is there, now


@pytest.mark.parametrize("ending", ["", ".ics", ".atom", ".json"])
def test_there_is_none_of_a_centre_that_there_is_not(visitor: Browser, ending: str) -> None:
    assert visitor.get(f"/programme/att-x{ending}").status_code == 404


@pytest.mark.parametrize("ending", ["", ".ics", ".atom", ".json"])
def test_an_empty_programme_is_one_too(visitor: Browser, ending: str) -> None:
    answer = visitor.get(f"/programme/att-a{ending}")
    assert answer.status_code == 200
    if ending == ".ics":
        assert by_vobject(answer.content) == []
    if ending == ".atom":
        assert not feedparser.parse(answer.content).bozo
    if ending == ".json":
        assert json.loads(answer.content)["items"] == []


@pytest.mark.parametrize(("path", "kind"), FEEDS.items())
def test_what_has_not_changed_is_not_sent_again(offered: Centre, visitor: Browser, path: str, kind: str) -> None:
    first = visitor.get(path)
    assert first.headers["content-type"] == kind
    assert first.headers["cache-control"] == "public, max-age=900"
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": changed},
        {"If-None-Match": tag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        again = visitor.get(path, **headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), headers
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": changed},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ):
        assert visitor.get(path, **headers).status_code == 200, headers
    offered.seminar("EKFE-26-01", title="Νέος τίτλος")
    offered.clock.turn(days=1)
    sync_once(offered, "seats")
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": changed}):
        assert visitor.get(path, **headers).status_code == 200


def test_a_feed_is_the_same_for_everybody_and_gives_no_cookie(
    offered: Centre, inst: Installation, visitor: Browser
) -> None:
    for path in FEEDS:
        before = visitor.get(path)
        assert "set-cookie" not in before.headers
        assert before.headers["access-control-allow-origin"] == "*"
        other = Browser(inst, app=visitor.app)
        other.get("/?lang=en")
        other.sign_in("teacher1")
        assert other.get(path).content == before.content
        assert "Cancelled" in visitor.get(f"{path}?lang=en").text or path.startswith("/s/")


def test_pages_and_feeds_lead_to_each_other(offered: Centre, visitor: Browser) -> None:
    feeds = {f"{ADDRESS}/programme/att-a.{name}" for name in ("ics", "atom", "json")}
    for path in ("/programme/att-a", "/s/EKFE-26-01"):
        page = visitor.get(path).text
        head = page.partition("</head>")[0]
        assert all('<link rel="alternate" type="' in head and f'href="{feed}"' in head for feed in feeds)
    page = visitor.get("/s/EKFE-26-01").text
    assert page.count('href="/s/EKFE-26-01/calendar.ics"') == 2
    assert f'href="{ADDRESS}/programme/att-a"' in page
    assert 'href="/programme/att-a"' in visitor.get("/").text
    assert "webcal://127.0.0.1:8080/programme/att-a.ics" in visitor.get("/programme/att-a").text


def test_no_trainer_is_named_in_what_is_public(offered: Centre, visitor: Browser) -> None:
    for path in FEEDS:
        assert "rainer1" not in visitor.get(path).text
        assert "bigbluebutton" not in visitor.get(path).text.lower()


def test_the_page_speaks_english_too(offered: Centre, visitor: Browser) -> None:
    said = words(visitor.get("/programme/att-a?lang=en").text)
    assert "March 2027" in said
    assert "Seminars of the next three months" in said


@settings(deadline=None)
@given(st.integers(0, 20 * 365 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n)))
def test_the_window_is_three_months_of_whole_days_whatever_day_it_is(now: datetime) -> None:
    window = Window.at(now)
    assert window.start <= now < window.end
    months = (window.until.year - window.first.year) * 12 + window.until.month - window.first.month
    assert months == 3
    assert window.until.day in (window.first.day, 28, 29, 30)
    assert window.until.day <= window.first.day


def test_three_months_after_the_last_of_november_is_the_last_of_february() -> None:
    assert Window.at(datetime(2026, 11, 30, 9, tzinfo=UTC)).until == date(2027, 2, 28)
