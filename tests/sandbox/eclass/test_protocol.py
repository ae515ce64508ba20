"""How the simulated server speaks, whatever is asked: methods, paths, bodies, tokens, gates and faults."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.eclass.platform import BASE, TOKEN, Platform


def test_an_older_error_is_status_200_and_a_newer_one_400_with_a_newline(older: Platform, newer: Platform) -> None:
    """E-6"""
    old, new = older.get("users/", username="kanenas"), newer.get("users/", username="kanenas")
    assert (old.status_code, new.status_code) == (200, 400)
    assert not old.text.endswith("\n")
    assert new.text.endswith("}\n")
    assert json.loads(old.text) == json.loads(new.text)


def test_slashes_are_escaped_as_php_does(older: Platform) -> None:
    assert '"url":"https:\\/\\/eclass.example\\/api\\/v1\\/categories\\/"' in older.get("").text


@pytest.mark.parametrize("word", ["bearer", "BEARER", "Token"])
def test_only_bearer_with_a_capital_is_a_token(either: Platform, word: str) -> None:
    """E-3"""
    answer = either.client.get("/api/v1/courses/", headers={"Authorization": f"{word} {TOKEN}"}, base_url=BASE)
    assert answer.get_json()["errorcode"] == 100


def test_a_token_in_the_form_is_accepted_too(either: Platform) -> None:
    """E-3"""
    made = either.write("courses/", None, title="Σεμινάριο", department_id=4, token=TOKEN)
    assert made["code"] == "TMA1101"


def test_a_json_body_is_not_read(either: Platform) -> None:
    """E-4"""
    answer = either.client.post(
        "/api/v1/courses/",
        json={"title": "Σεμινάριο", "department_id": 4},
        headers={"Authorization": f"Bearer {TOKEN}"},
        base_url=BASE,
    )
    assert answer.get_json()["errorcode"] == 2


def test_multipart_and_unencoded_greek_bodies_are_read(either: Platform) -> None:
    multipart = either.client.post(
        "/api/v1/courses/",
        data={"title": "Πρώτο", "department_id": "4"},
        content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {TOKEN}"},
        base_url=BASE,
    )
    raw = either.client.post(
        "/api/v1/courses/",
        data="title=Δεύτερο&department_id=4".encode(),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {TOKEN}"},
        base_url=BASE,
    )
    assert [multipart.get_json()["title"], raw.get_json()["title"]] == ["Πρώτο", "Δεύτερο"]


def test_an_array_is_an_empty_500_in_the_query_as_in_the_form(either: Platform) -> None:
    """E-4"""
    for answer in (
        either.get("users/", **{"username[]": "mpapadopoulou"}),
        either.post("enroll_user/", **{"user_id[0]": either.teacher, "course_id": "TMA101"}),
    ):
        assert (answer.status_code, answer.data) == (500, b"")


def test_the_last_of_repeated_parameters_wins(either: Platform) -> None:
    path = f"/api/v1/users/?username=kanenas&username=mpapadopoulou&token={TOKEN}"
    assert either.client.get(path, base_url=BASE).get_json()["username"] == "mpapadopoulou"


def test_a_missing_slash_moves_the_client_with_its_query(either: Platform) -> None:
    """E-5"""
    answer = either.get("users", username="mpapadopoulou")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{BASE}/api/v1/users/?username=mpapadopoulou"


@pytest.mark.parametrize(
    "path", ["/api/v1/documents/", "/api/v1/nothing", "/api/v2/users/", "/", "/api/v1/x/index.php"]
)
def test_an_unknown_path_is_the_web_servers_404(either: Platform, path: str) -> None:
    answer = either.client.get(path, base_url=BASE)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_on_directories_and_read_on_index_php(either: Platform, method: str) -> None:
    """E-4"""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    on_directory = either.client.open(
        "/api/v1/users/?username=mpapadopoulou", method=method, headers=headers, base_url=BASE
    )
    on_script = either.client.open(
        "/api/v1/users/index.php?username=mpapadopoulou", method=method, headers=headers, base_url=BASE
    )
    assert on_directory.status_code == 405
    assert on_script.get_json()["id"] == either.teacher
    assert either.client.open("/api/v1/", method=method, base_url=BASE).status_code == 405


def test_every_request_without_a_cookie_starts_a_session(either: Platform) -> None:
    """E-12"""
    path = "/api/v1/registration/"
    assert "PHPSESSID=" in either.client.get(path, base_url=BASE).headers["Set-Cookie"]
    again = either.client.get(path, base_url=BASE, headers={"Cookie": "PHPSESSID=0123456789abcdef"})
    assert "Set-Cookie" not in again.headers


def test_a_bad_token_is_refused_even_where_none_is_needed(either: Platform) -> None:
    """Seen in the code: the token is checked before the call."""
    assert either.read("categories/", "WRONG")["errorcode"] == 1
    assert "errorcode" not in str(either.read("categories/", None))


def test_an_expired_token_is_no_token(either: Platform) -> None:
    """E-2"""
    either.world.add_token("OLD", expired=True)
    assert either.read("courses/", "OLD")["errorcode"] == 1


def test_the_ip_limit_is_passed_by_a_forged_header_but_not_by_a_private_address(either: Platform) -> None:
    """E-35"""
    either.world.add_token("LIMITED", ip="192.0.2.0/24 10.0.0.1")
    for forged, passes in (("192.0.2.55", True), ("203.0.113.9", False), ("10.0.0.1", False), ("nonsense", False)):
        headers = {"Authorization": "Bearer LIMITED", "X-Forwarded-For": forged}
        answer = either.client.get("/api/v1/courses/", headers=headers, base_url=BASE)
        assert (answer.get_json() == []) is passes, forged


def test_the_api_switched_off_answers_999_before_it_looks_at_the_token(either: Platform) -> None:
    """E-1"""
    either.world.set_api(False)
    assert either.read("users/", "WRONG")["errorcode"] == 999
    either.world.set_api(True)
    assert either.read("users/", "WRONG")["errorcode"] == 1


def test_maintenance_redirects_and_writes_nothing(either: Platform) -> None:
    """E-7"""
    code = either.world.add_course("Σεμινάριο", 4)
    either.world.set_maintenance(True)
    answer = either.post("enroll_user/", user_id=either.teacher, course_id=code, role_id="teacher")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BASE}/maintenance/")
    assert either.world.members(code) == ()
    page = either.client.get("/maintenance/", base_url=BASE)
    assert (page.status_code, page.mimetype) == (200, "text/html")


@pytest.mark.parametrize(
    ("fault", "status", "seen"),
    [
        ("database-unreachable", 200, "<!DOCTYPE html>"),
        ("maintenance", 303, ""),
        ("api-off", 200, '{"errorcode":999,'),
        ("bad-token", 200, '{"errorcode":1,'),
    ],
)
def test_a_fault_strikes_as_often_as_it_was_asked_for_and_nothing_is_written(
    older: Platform, fault: str, status: int, seen: str
) -> None:
    """E-1, E-2, E-7"""
    older.book.set(f"eclass:{fault}@2")
    for _ in range(2):
        answer = older.post("courses/", title="Σεμινάριο", department_id=4)
        assert answer.status_code == status
        assert answer.text.startswith(seen)
    assert older.world.courses() == ()
    assert older.write("courses/", title="Σεμινάριο", department_id=4)["code"] == "TMA1101"


def test_text_that_is_no_utf8_cannot_be_echoed_as_json(older: Platform) -> None:
    """PHP's json_encode gives up: an empty body with status 200 (E-7)."""
    answer = older.client.get(f"/api/v1/users/?username=%C2%E1%F3&token={TOKEN}", base_url=BASE)
    assert (answer.status_code, answer.data) == (200, b"")
