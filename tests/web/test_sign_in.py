"""Signing in: in the sandbox by typing a login, elsewhere not at all."""

from __future__ import annotations

import pytest

from kypek_sync.sync.installation import Installation
from kypek_sync.web.sign_in import FORM_BYTES, here_only
from tests.sync.centre import Centre
from tests.web.pages import Browser

NOT_HERE = (
    "https://evil.example",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/\u2028/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    " //evil.example",
    "?next=//evil.example",
    "",
)


@pytest.mark.parametrize("target", NOT_HERE)
def test_a_sign_in_never_leads_to_another_site(visitor: Browser, target: str) -> None:
    assert here_only(target) == "/"
    answer = visitor.sign_in("teacher1", target)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("target", ["/", "/s/EKFE-26-01", "/s/ΑΒΓ", "/?lang=en", "/a//b", "/https://evil.example"])
def test_it_leads_to_the_page_one_came_from(visitor: Browser, target: str) -> None:
    answer = visitor.sign_in("teacher1", target)
    assert answer.headers["location"].startswith("/")
    assert visitor.client.get(answer.headers["location"]).url.host == "127.0.0.1"


def test_the_form_carries_where_to_go_on_and_never_elsewhere(visitor: Browser) -> None:
    assert 'name="next" value="/s/X"' in visitor.get("/sign-in?next=/s/X").text
    assert 'name="next" value="/"' in visitor.get("/sign-in?next=//evil.example").text


def test_every_page_offers_to_sign_in_and_come_back(visitor: Browser) -> None:
    assert 'href="/sign-in?next=/s/X"' in visitor.get("/s/X").text
    assert 'href="/sign-in?next' not in visitor.get("/sign-in").text


def test_who_signed_in_is_named_and_can_sign_out(visitor: Browser) -> None:
    visitor.sign_in("  Teacher1 ")
    assert "teacher1 Αποσύνδεση" in visitor.text("/")
    assert visitor.post("/sign-out", token=visitor.token("/")).status_code == 303
    assert "Αποσύνδεση" not in visitor.text("/")


@pytest.mark.parametrize("login", ["", "   ", "a" * 101, "δάσκαλος", "a\x00b"])
def test_what_is_no_login_is_not_believed(visitor: Browser, login: str) -> None:
    answer = visitor.sign_in(login)
    assert answer.status_code == 403
    assert "Η σύνδεση δεν έγινε δεκτή." in answer.text


def test_a_form_without_the_secret_of_the_session_is_refused(visitor: Browser) -> None:
    visitor.token()
    assert visitor.post("/sign-in", login="teacher1").status_code == 403
    assert visitor.post("/sign-in", login="teacher1", token="guessed").status_code == 403
    assert visitor.post("/sign-in", login="teacher1", token="μαντεψιά").status_code == 403
    assert "Αποσύνδεση" not in visitor.text("/")


def test_another_visitor_s_secret_is_worth_nothing(inst: Installation, visitor: Browser) -> None:
    other = Browser(inst, app=visitor.app)
    other.token()
    assert other.post("/sign-in", login="teacher1", token=visitor.token()).status_code == 403


def test_another_site_cannot_sign_somebody_out(visitor: Browser) -> None:
    visitor.sign_in("teacher1")
    visitor.post("/sign-out", token="guessed")
    assert "teacher1" in visitor.text("/")


def test_the_session_starts_anew_at_sign_in_and_only_the_language_stays(visitor: Browser) -> None:
    visitor.get("/?lang=en")
    before = visitor.token()
    visitor.sign_in("teacher1")
    assert visitor.token("/") != before
    assert "Sign out" in visitor.text("/")
    assert visitor.post("/sign-in", login="teacher2", token=before).status_code == 403


def test_who_only_reads_gets_no_cookie(visitor: Browser) -> None:
    for path in ("/", "/s/X", "/health", "/static/style.css"):
        assert "set-cookie" not in visitor.get(path).headers


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(visitor: Browser) -> None:
    cookie = visitor.get("/sign-in").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=28800" in cookie


def test_under_https_the_cookie_never_travels_readable(centre: Centre) -> None:
    centre.top = "public_address: https://kypek.att-a.sch.example\n"
    centre.settings()
    with centre.installation() as inst:
        chosen = Browser(inst).get("/?lang=en")  # without a sign-in, the language alone is remembered
    assert "secure" in chosen.headers["set-cookie"].lower()


def test_a_cookie_that_was_changed_is_worth_nothing(visitor: Browser) -> None:
    visitor.sign_in("teacher1")
    cookie = visitor.client.cookies["kypek"]
    visitor.client.cookies.clear()
    visitor.client.cookies.set("kypek", cookie[:-3] + ("AAA" if not cookie.endswith("AAA") else "BBB"))
    assert "teacher1" not in visitor.text("/")


def test_a_key_in_the_settings_keeps_sessions_over_a_restart(centre: Centre) -> None:
    (centre.folder / "session").write_text("an invented key that signs sessions")
    (centre.folder / "session").chmod(0o600)
    centre.top = "web: {development_sign_in: true, session_key: file:session}\n"
    centre.settings()
    with centre.installation() as inst:
        before = Browser(inst)
        before.sign_in("teacher1")
    with centre.installation() as inst:
        after = Browser(inst)
        after.client.cookies.update(before.client.cookies)
        assert "teacher1" in after.text("/")


def test_it_is_not_offered_unless_the_settings_say_so(centre: Centre) -> None:
    centre.top = ""
    centre.settings()
    with centre.installation() as inst:
        visitor = Browser(inst)
        assert "Η σύνδεση δεν λειτουργεί ακόμη εδώ." in visitor.text("/sign-in")
        assert "<form" not in visitor.get("/sign-in").text
        assert visitor.post("/sign-in", login="teacher1").status_code == 403


@pytest.mark.parametrize("peer", ["10.1.2.3", "192.168.1.10", "2001:db8::1", "testclient"])
def test_it_is_not_offered_to_other_computers(inst: Installation, peer: str) -> None:
    visitor = Browser(inst, peer=peer)
    assert "<form" not in visitor.get("/sign-in").text


def test_a_form_from_here_does_not_work_from_there(inst: Installation, visitor: Browser) -> None:
    token = visitor.token()
    away = Browser(inst, peer="10.1.2.3", app=visitor.app)
    away.client.cookies.update(visitor.client.cookies)
    assert away.post("/sign-in", login="teacher1", token=token).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"])
def test_it_is_not_offered_through_a_web_server_in_front(visitor: Browser, header: str) -> None:
    assert "<form" not in visitor.get("/sign-in", **{header: "127.0.0.1"}).text


def test_it_is_not_offered_under_a_foreign_name_that_points_here(inst: Installation) -> None:
    """A page elsewhere may give its own name our address, to talk to us from a visitor's browser."""
    assert "<form" not in Browser(inst, address="http://rebound.example:8080").get("/sign-in").text


def test_a_form_that_is_too_large_or_none_is_not_read(visitor: Browser) -> None:
    token = visitor.token()
    assert visitor.post("/sign-in", login="teacher1", token=token, more="x" * FORM_BYTES).status_code == 403
    files = {"login": (None, "teacher1"), "token": (None, token)}
    assert visitor.client.post("/sign-in", files=files).status_code == 403
    assert visitor.client.post("/sign-in", content=b"%%%=&&&\xff").status_code == 403


def test_without_a_key_sessions_end_with_the_process(inst: Installation, visitor: Browser) -> None:
    visitor.sign_in("teacher1")
    other = Browser(inst)
    other.client.cookies.update(visitor.client.cookies)
    assert "teacher1" not in other.text("/")
