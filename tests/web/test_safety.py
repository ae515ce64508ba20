"""Whatever is asked, and however: the same headers, one language, nothing of our insides."""

from __future__ import annotations

import shutil

import pytest
from structlog.testing import capture_logs

from kypek_sync.sync.installation import Installation
from kypek_sync.web.app import HEADERS, create_app
from kypek_sync.web.sign_in import DevelopmentSignIn
from tests.sync.centre import Centre, sync_once
from tests.web.pages import Browser


class Broken(DevelopmentSignIn):
    """A way of signing in that has a mistake."""

    def offered(self, request: object) -> bool:
        raise ZeroDivisionError("an inner secret")


@pytest.fixture
def broken(inst: Installation) -> Browser:
    """A visitor of pages with a mistake of ours in them."""
    return Browser(inst, app=create_app(inst, Broken(inst.loaded.settings)))


def headers_of(answer: object) -> dict[str, str]:
    """The security headers that came."""
    return {name: answer.headers.get(name) for name in HEADERS}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/sign-in", 200),
        ("GET", "/health", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/s/NO-SUCH-ONE", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/static/nowhere.css", 404),
        ("GET", "/static/../pages.py", 404),
        ("GET", "/static/%2e%2e/pages.py", 404),
        ("POST", "/", 405),
        ("GET", "/sign-out", 405),
        ("DELETE", "/s/X", 405),
        ("POST", "/sign-in", 403),
        ("POST", "/sign-out", 303),
    ],
)
def test_every_answer_carries_the_security_headers(visitor: Browser, method: str, path: str, status: int) -> None:
    answer = visitor.client.request(method, path)
    assert answer.status_code == status
    assert headers_of(answer) == HEADERS
    if status != 200 or not path.startswith("/static/"):
        assert "traceback" not in answer.text.lower()


def test_nothing_runs_on_our_pages_and_nothing_comes_from_elsewhere(centre: Centre, visitor: Browser) -> None:
    code = centre.seminar()
    sync_once(centre)
    policy = visitor.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    for path in ("/", f"/s/{code}", "/sign-in"):
        page = visitor.get(path).text
        assert "<script" not in page
        assert "style=" not in page
        assert " onclick" not in page


def test_pages_are_kept_by_nobody_and_the_stylesheet_may_be(visitor: Browser) -> None:
    assert visitor.get("/").headers["cache-control"] == "no-store"
    assert visitor.get("/health").headers["cache-control"] == "no-store"
    assert "cache-control" not in visitor.get("/static/style.css").headers


@pytest.mark.parametrize(("path", "words"), [("/nowhere", "Δεν υπάρχει τέτοια σελίδα."), ("/sign-out", "δεν ανοίγει")])
def test_what_cannot_be_asked_for_is_told_in_greek(visitor: Browser, path: str, words: str) -> None:
    page = visitor.get(path)
    assert words in page.text
    assert '<html lang="el">' in page.text
    assert "Όλα τα σεμινάρια" in page.text


def test_and_in_english_to_who_reads_english(visitor: Browser) -> None:
    visitor.get("/?lang=en")
    assert "There is no such page." in visitor.get("/nowhere").text


def test_what_may_be_asked_for_is_said_where_a_way_of_asking_is_refused(visitor: Browser) -> None:
    assert set(visitor.get("/sign-out").headers["allow"].split(", ")) == {"POST"}


def test_a_mistake_of_ours_is_logged_and_shows_nothing_of_it(broken: Browser) -> None:
    with capture_logs() as lines:
        page = broken.get("/sign-in")
    assert page.status_code == 500
    assert "Κάτι δεν πήγε καλά από τη δική μας πλευρά" in page.text
    assert "secret" not in page.text
    assert headers_of(page) == HEADERS
    assert [(line["event"], line["path"]) for line in lines] == [("a page failed", "/sign-in")]


@pytest.mark.parametrize("path", ["/", "/s/EKFE-26-01", "/health"])
def test_without_the_ledger_the_pages_say_come_back_later(centre: Centre, visitor: Browser, path: str) -> None:
    centre.seminar()
    sync_once(centre)
    assert visitor.get(path).status_code == 200
    for file in centre.folder.glob("kypek.db*"):
        file.unlink()
    (centre.folder / "kypek.db").mkdir()
    page = visitor.get(path)
    assert page.status_code == 503
    assert page.headers["retry-after"] == "30"
    assert "Οι σελίδες δεν λειτουργούν αυτή τη στιγμή." in page.text
    assert str(centre.folder) not in page.text
    assert headers_of(page) == HEADERS
    shutil.rmtree(centre.folder / "kypek.db")


def test_health_tells_the_last_pass_of_each_lane(centre: Centre, visitor: Browser) -> None:
    assert visitor.get("/health").json() == {"status": "ok", "passes": []}
    centre.seminar()
    sync_once(centre)
    sync_once(centre, "seats")
    passes = visitor.get("/health").json()["passes"]
    assert [(one["kypek"], one["lane"], one["outcome"]) for one in passes] == [
        ("att-a", lane, "done") for lane in ("directory", "mail", "rooms", "seats", "tickets")
    ]
    assert passes[0]["started"] == centre.clock.now.isoformat()
