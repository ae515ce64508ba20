"""Every bound of the wire, against servers that break it."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from urllib3.util.wait import wait_for_read
from werkzeug.wrappers import Request, Response

from kypek_sync.contract import Ambiguous, Answer, TryLater, Wire, WireLimits
from kypek_sync.contract.wire import AGENT
from tests.contract.servers import Script, Site, drip, hear, listening, site, unused_port

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
SECRET = "checksum=1234567890abcdef"


def short(**limits: float) -> Wire:
    """A wire with limits of a moment."""
    return Wire("desk", WireLimits(**{"connect": 3, "read": 1, "deadline": 0.6, **limits}))  # type: ignore[arg-type]


def _saying(status: int, *headers: str) -> Script:
    """A server that says just this."""

    def script(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall("\r\n".join((f"HTTP/1.1 {status} Said", *headers, "", "")).encode("latin-1"))

    return script


# ------------------------------------------------------------------------------------------------ what is right


def test_a_whole_answer_arrives_whole(served: Site) -> None:
    answer = served.wire().get(f"{served.address}/things?page=2", {"X-Token": "t"})
    assert (answer.status, answer.json(), answer.text) == (200, {"ok": True}, '{"ok": true}')
    assert answer.headers["content-type"] == "application/json"
    assert served.app.requests == [("GET", "/things?page=2", b"")]
    assert served.app.headers[0]["x-token"] == "t"
    assert served.app.headers[0]["user-agent"] == AGENT


def test_a_body_is_sent_as_it_is(served: Site) -> None:
    wire = served.wire()
    wire.post(f"{served.address}/things", "ένα", "text/plain; charset=utf-8")
    wire.post(f"{served.address}/things", b"\x00\xff", "application/octet-stream", method="PUT")
    assert served.app.requests == [("POST", "/things", "ένα".encode()), ("PUT", "/things", b"\x00\xff")]
    assert served.app.headers[0]["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 403, 404, 409, 412, 422, 500, 501])
def test_what_a_status_means_is_the_connector_s_to_judge(served: Site, status: int) -> None:
    served.app.answer = lambda request: Response("{}" if status != 204 else "", status)
    assert served.wire().get(f"{served.address}/").status == status
    assert served.wire().post(f"{served.address}/", "", "text/plain").status == status


@pytest.mark.parametrize("body", ["[" * 100_000, '{"name": "\\ud83d"}', '["\\uDE00\\uD83D"]', "9" * 5000])
def test_json_that_could_not_be_read_or_stored_is_a_value_error(body: str) -> None:
    with pytest.raises(ValueError, match=r"nested|surrogates|digits"):
        Answer(200, {}, body.encode()).json()


def test_two_halves_are_a_character() -> None:
    assert Answer(200, {}, b'["\\ud83d\\ude00"]').json() == ["\N{GRINNING FACE}"]


def test_a_nul_character_of_json_is_replaced_wherever_it_stands() -> None:
    """No row of PostgreSQL can hold one; a backslash before the same letters is none."""
    body = rb'{"na\u0000me": ["Mar\u0000ia", {"x": "\u0000"}, 1, null, "\\u0000"], "plain": true}'
    assert Answer(200, {}, body).json() == {
        "na\ufffdme": ["Mar\ufffdia", {"x": "\ufffd"}, 1, None, "\\u0000"],
        "plain": True,
    }
    assert Answer(200, {}, b"a\x00b").text == "a\ufffdb"


def test_json_that_is_none_is_a_value_error(served: Site) -> None:
    served.app.answer = lambda request: Response("<html>", 200)
    answer = served.wire().get(f"{served.address}/")
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert answer.text == "<html>"


# ------------------------------------------------------------------------------------------------ time


def _head(connection: socket.socket) -> None:
    hear(connection)
    drip(connection, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200)


def _many_heads(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    drip(connection, b"".join(b"X-%d: a\r\n" % n for n in range(30)))


def _body(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    drip(connection, b"a" * 200)


def _last(connection: socket.socket) -> None:
    """The connection object lets go of its socket before such a body is read: it once ran on for minutes."""
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    drip(connection, b"a" * 200)


def _chunks(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(50):
        drip(connection, b"1\r\na\r\n", 0.02)


def _continue(connection: socket.socket) -> None:
    hear(connection)
    for _ in range(200):
        drip(connection, b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)


@pytest.mark.parametrize("script", [_head, _many_heads, _body, _last, _chunks, _continue])
def test_an_answer_in_drips_ends_at_the_deadline(script: Script) -> None:
    """H-33: a limit for each read bounds nothing when every byte comes in time."""
    with listening(script) as address:
        wire, began = short(), time.monotonic()
        with pytest.raises(TryLater, match=r"no whole answer within 0\.6 s"):
            wire.get(f"{address}/things")
        assert time.monotonic() - began < 2
        wire.close()


def test_so_does_a_write_and_it_may_have_been_done() -> None:
    with listening(_body) as address:
        wire = short()
        with pytest.raises(Ambiguous, match=r"no whole answer within 0\.6 s"):
            wire.post(f"{address}/things", "{}", "application/json")
        wire.close()


def test_a_handshake_in_drips_ends_at_the_deadline_and_nothing_was_sent() -> None:
    def script(connection: socket.socket) -> None:
        connection.recv(65536)
        drip(connection, b"\x16\x03\x03\x40\x00" + b"\x02" * 200)

    with listening(script) as address:
        wire, began = short(), time.monotonic()
        with pytest.raises(TryLater, match="nothing was changed there"):
            wire.post(f"{address.replace('http:', 'https:')}/things", "{}", "application/json")
        assert time.monotonic() - began < 2
        wire.close()


def test_a_server_that_never_answers_is_left(served: Site) -> None:
    served.faults.set("desk:hang=2")
    wire = served.wire(read=0.2, deadline=5)
    with pytest.raises(TryLater, match="no answer in time"):
        wire.post(f"{served.address}/find", "{}", "application/json", write=False)
    with pytest.raises(Ambiguous, match="no answer in time"):
        wire.post(f"{served.address}/things", "{}", "application/json")
    assert served.asked == 2


def test_a_read_that_is_met_with_silence_is_not_tried_again(served: Site) -> None:
    """Three times the limit of a read would keep a whole pass waiting for one dead server."""
    served.faults.set("desk:hang=3")
    wire, began = served.wire(read=0.3, deadline=5), time.monotonic()
    with pytest.raises(TryLater, match="no answer in time"):
        wire.get(f"{served.address}/things")
    assert time.monotonic() - began < 0.8
    assert served.asked == 1


def test_one_call_is_bounded_in_all_unless_the_settings_say_otherwise() -> None:
    assert WireLimits().connect + WireLimits().read < WireLimits().deadline <= 45


def test_tries_of_a_read_share_one_deadline() -> None:
    heard: list[float] = []

    def script(connection: socket.socket) -> None:
        hear(connection)
        heard.append(time.monotonic())
        connection.settimeout(0.25)
        connection.recv(1)

    with listening(script) as address:
        wire, began = short(), time.monotonic()
        with pytest.raises(TryLater, match=r"no whole answer within 0\.6 s"):
            wire.get(f"{address}/things")
        assert time.monotonic() - began < 1.2
        wire.close()
    assert 2 <= len(heard) <= 3


def test_waiting_for_a_turn_costs_nobody_the_deadline(served: Site) -> None:
    served.app.pause = 0.25
    wire = served.wire(parallel=1, deadline=0.6)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: wire.get(f"{served.address}/{n}").status, range(6)))
    assert answers == [200] * 6


def test_the_deadline_of_one_exchange_never_cuts_the_next(served: Site) -> None:
    wire = served.wire(deadline=0.5, parallel=1)
    for number in range(8):
        served.app.pause = 0.1
        assert wire.get(f"{served.address}/{number}").status == 200
    assert threading.active_count() < 50


# ------------------------------------------------------------------------------------------------ size


def _flood(head: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(head)
        for _ in range(2000):
            connection.sendall(b"a" * 65536)

    return script


@pytest.mark.parametrize("length", [b"Content-Length: 131072000\r\n", b""])
def test_an_answer_that_is_too_large_is_dropped_while_it_comes(length: bytes) -> None:
    with listening(_flood(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")) as address:
        wire = short(max_bytes=100_000, deadline=20)
        with pytest.raises(TryLater, match="larger than 100000 bytes"):
            wire.get(f"{address}/things")
        with pytest.raises(Ambiguous, match="larger than 100000 bytes"):
            wire.post(f"{address}/things", "{}", "application/json")
        wire.close()


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 2000, b""]
)
def test_a_flood_of_headers_is_no_answer(head: bytes) -> None:
    with listening(_flood(head)) as address:
        wire = short(deadline=20)
        with pytest.raises(TryLater):
            wire.get(f"{address}/things")
        wire.close()


def test_the_body_of_a_redirect_is_not_read_however_large() -> None:
    with listening(_flood(b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 131072000\r\n\r\n")) as address:
        wire, began = short(deadline=20), time.monotonic()
        with pytest.raises(TryLater, match="redirect to /login"):
            wire.get(f"{address}/things")
        assert time.monotonic() - began < 5
        wire.close()


def test_a_packed_answer_is_not_unpacked() -> None:
    """A few bytes could become gigabytes. We ask for none, and take none."""
    packed = gzip.compress(b"0" * 10_000_000)

    def script(connection: socket.socket) -> None:
        asked = hear(connection)
        assert b"Accept-Encoding: identity" in asked
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
        connection.sendall(head + packed)

    with listening(script) as address:
        wire = short(deadline=5, max_bytes=100_000)
        assert wire.get(f"{address}/things").body == packed
        wire.close()


# ------------------------------------------------------------------------------------------------ half answers


def test_an_answer_that_was_cut_is_none(served: Site) -> None:
    served.faults.set("desk:cut-body")
    with pytest.raises(TryLater, match=r"cut|failed"):
        served.wire().get(f"{served.address}/things")
    with pytest.raises(Ambiguous):
        served.wire().post(f"{served.address}/things", "{}", "application/json")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Enc",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_half_an_answer_and_nonsense_are_none(answer: bytes) -> None:
    def script(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(answer)

    with listening(script) as address:
        wire = short(deadline=5)
        with pytest.raises(TryLater):
            wire.get(f"{address}/things")
        with pytest.raises(Ambiguous):
            wire.post(f"{address}/things", "{}", "application/json")
        wire.close()


# ------------------------------------------------------------------------------------------------ redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(served: Site, status: int) -> None:
    """E-5: maintenance and a wrong address answer with a redirect to an HTML page."""
    where = f"{served.address}/login?{SECRET}"
    served.app.answer = lambda request: Response("", status, headers={"Location": where})
    for ask in (
        lambda: served.wire().get(f"{served.address}/things"),
        lambda: served.wire().get_write(f"{served.address}/do"),
        lambda: served.wire().post(f"{served.address}/things", "{}", "application/json"),
    ):
        with pytest.raises(TryLater, match=r"redirect to .*/login, which is never followed") as caught:
            ask()
        assert SECRET not in str(caught.value)
    assert {path for _, path, _ in served.app.requests} == {"/things", "/do"}


def test_the_fault_redirect_is_told_as_one(served: Site) -> None:
    served.faults.set("desk:redirect")
    with pytest.raises(TryLater, match="redirect to /login"):
        served.wire().get(f"{served.address}/things")


@pytest.mark.parametrize("where", ["", "http://[broken", "//user:password@else.example/x", "x" * 5000])
def test_whatever_a_redirect_says_it_is_told_in_short(where: str) -> None:
    with listening(_saying(302, f"Location: {where}")) as address:
        wire = short(deadline=5)
        with pytest.raises(TryLater, match="never followed") as caught:
            wire.get(f"{address}/things")
        wire.close()
    assert "password" not in str(caught.value)
    assert len(str(caught.value)) < 600


# ------------------------------------------------------------------------------------------------ later


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta(0)),
        ("99999999999999999999", None),
        ("9999999", timedelta(days=1)),
        ("Mon, 02 Nov 2026 09:02:00 GMT", timedelta(minutes=2)),
        ("Mon, 02 Nov 2026 08:00:00 GMT", timedelta(0)),
        ("Mon, 02 Nov 2027 09:00:00 GMT", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("Mon, 99 Nov 2026 09:02:00 GMT", None),
        ("", None),
    ],
)
def test_who_asks_to_come_later_is_obeyed(status: int, said: str, after: timedelta | None) -> None:
    headers = (f"Retry-After: {said}", "Date: Mon, 02 Nov 2026 09:00:00 GMT", "Content-Length: 0")
    with listening(_saying(status, *headers)) as address:
        wire = short(deadline=5)
        with pytest.raises(TryLater, match=f"HTTP {status}") as caught:
            wire.get(f"{address}/things")
        assert caught.value.after == after
        with pytest.raises(TryLater):
            wire.post(f"{address}/things", "{}", "application/json")
        wire.close()


def test_who_asks_to_come_later_is_not_asked_again_at_once(served: Site) -> None:
    served.app.answer = lambda request: Response("", 503)
    with pytest.raises(TryLater):
        served.wire().get(f"{served.address}/things")
    assert served.asked == 1


def test_the_fault_unavailable_says_when(served: Site) -> None:
    served.faults.set("desk:unavailable")
    with pytest.raises(TryLater) as caught:
        served.wire().get(f"{served.address}/things")
    assert caught.value.after == timedelta(seconds=1)


# ------------------------------------------------------------------------------------------------ again, and never


def test_where_nobody_listens_nothing_was_changed() -> None:
    address, wire = f"http://127.0.0.1:{unused_port()}", short(deadline=20)
    for ask in (
        lambda: wire.get(f"{address}/"),
        lambda: wire.get_write(f"{address}/do"),
        lambda: wire.post(f"{address}/", "{}", "application/json"),
    ):
        with pytest.raises(TryLater, match="nothing was changed there"):
            ask()
    wire.close()


def test_a_name_that_does_not_exist_is_told(served: Site) -> None:
    wire = short(deadline=20)
    with pytest.raises(TryLater, match="nothing was changed there"):
        wire.post("http://nowhere.invalid/", "{}", "application/json")
    wire.close()


def test_a_read_that_failed_is_tried_again(served: Site) -> None:
    served.faults.set("desk:refuse@2")
    assert served.wire().get(f"{served.address}/things").status == 200
    assert served.asked == 3


@pytest.mark.parametrize("status", [502, 504])
def test_a_read_through_a_gateway_that_failed_is_tried_again(served: Site, status: int) -> None:
    answers = [Response("", status), Response("{}", 200)]
    served.app.answer = lambda request: answers.pop(0)
    assert served.wire().get(f"{served.address}/things").status == 200


def test_and_its_last_answer_is_given_when_it_does_not_recover(served: Site) -> None:
    served.app.answer = lambda request: Response("", 502)
    assert served.wire().get(f"{served.address}/things").status == 502
    assert served.asked == 3


@pytest.mark.parametrize("fault", ["refuse", "reset-after-write", "cut-body"])
@pytest.mark.parametrize("how", ["get_write", "post", "put"])
def test_a_write_is_sent_once_whatever_becomes_of_it(served: Site, fault: str, how: str) -> None:
    """Also one that travels by GET, as BigBlueButton's do: a second `create` or `end` is not for us to decide."""
    served.faults.set(f"desk:{fault}")
    wire, url = served.wire(), f"{served.address}/do?{SECRET}"

    def ask() -> None:
        if how == "get_write":
            wire.get_write(url)
        else:
            wire.post(url, "{}", "application/json", method=how.upper())

    with pytest.raises(Ambiguous, match="gave no proper answer"):
        ask()
    assert served.asked == 1
    assert len(served.app.requests) == (0 if fault == "refuse" else 1)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_write_is_not_repeated_for_its_status_either(served: Site, status: int) -> None:
    served.app.answer = lambda request: Response("", status)
    assert served.wire().get_write(f"{served.address}/do").status == status
    assert served.wire().post(f"{served.address}/do", "{}", "application/json").status == status
    assert served.asked == 2


def test_a_read_that_travels_by_post_is_sent_once_and_changed_nothing(served: Site) -> None:
    served.faults.set("desk:refuse@1")
    with pytest.raises(TryLater):
        served.wire().post(f"{served.address}/find", "{}", "application/json", write=False)
    assert served.asked == 1


def test_a_connection_kept_too_long_is_opened_anew() -> None:
    heard: list[bytes] = []

    def script(connection: socket.socket) -> None:
        heard.append(hear(connection))
        connection.sendall(OK)  # … and the connection is closed though it was promised to be kept

    with listening(script) as address:
        wire = short(deadline=5)
        assert wire.post(f"{address}/1", "", "text/plain").status == 200
        _closed(wire)
        assert wire.post(f"{address}/2", "", "text/plain").status == 200
        wire.close()
    assert [one.split()[1] for one in heard] == [b"/1", b"/2"]


def _closed(wire: Wire) -> None:
    """Until the server's end of the kept connection has arrived."""
    pool = wire._writes.get_adapter("http://").poolmanager.pools  # type: ignore[attr-defined]
    (key,) = pool.keys()
    connection = pool[key].pool.queue[-1]
    assert wait_for_read(connection.sock, timeout=10)


# ------------------------------------------------------------------------------------------------ TLS


def test_a_certificate_nobody_vouches_for_is_refused(certificate: tuple[str, str]) -> None:
    with site(certificate) as served:
        for ask in (
            lambda: served.wire().get(f"{served.address}/"),
            lambda: served.wire().post(f"{served.address}/", "{}", "application/json"),
        ):
            with pytest.raises(TryLater, match="could not be verified: no authority that is trusted here signed it"):
                ask()
        assert served.asked == 0


def test_our_own_authority_is_believed_when_the_settings_say_so(certificate: tuple[str, str]) -> None:
    with site(certificate) as served:
        wire = served.wire(ca_file=certificate[0])
        assert wire.get(f"{served.address}/").json() == {"ok": True}
        assert wire.post(f"{served.address}/", "{}", "application/json").status == 200


def test_a_certificate_for_another_host_is_refused(misnamed: tuple[str, str]) -> None:
    with site(misnamed) as served:
        with pytest.raises(TryLater, match="its certificate could not be verified: it is for another host name"):
            served.wire(ca_file=misnamed[0]).get(f"{served.address}/")
        assert served.asked == 0


def test_a_missing_file_of_certificates_is_named(certificate: tuple[str, str]) -> None:
    with site(certificate) as served, pytest.raises(TryLater, match=r"/no/such/file\.pem"):
        served.wire(ca_file="/no/such/file.pem").post(f"{served.address}/", "{}", "application/json")


def test_the_surroundings_decide_nothing(
    served: Site, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No proxy and no authority by variables of the environment: what is trusted stands in the settings."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate[0])
    assert served.wire().get(f"{served.address}/").status == 200
    with site(certificate) as secure, pytest.raises(TryLater, match="certificate"):
        secure.wire().get(f"{secure.address}/")


def test_a_write_over_tls_that_is_torn_off_may_have_been_done(certificate: tuple[str, str]) -> None:
    """An abrupt end is an error of TLS too, and says nothing of the certificate."""

    def script(connection: socket.socket) -> None:
        hear(connection)
        connection.shutdown(socket.SHUT_RDWR)  # without the words by which TLS says good-bye

    with listening(script, certificate) as address:
        wire = Wire("desk", WireLimits(deadline=5), ca_file=certificate[0])
        with pytest.raises(Ambiguous, match="connection failed"):
            wire.post(f"{address}/things", "{}", "application/json")
        wire.close()


# ------------------------------------------------------------------------------------------------ discretion


def test_no_cookie_is_kept(served: Site) -> None:
    """E-12: eClass opens a session for every call and forgets none of them."""
    served.app.answer = lambda request: Response("{}", headers={"Set-Cookie": "PHPSESSID=abc; Path=/"})
    wire = served.wire()
    for _ in range(3):
        wire.get(f"{served.address}/things")
        wire.post(f"{served.address}/things", "{}", "application/json")
    assert not any("cookie" in headers for headers in served.app.headers)


@pytest.mark.parametrize("fault", ["refuse", "redirect", "unavailable", "cut-body", "hang=1", "reset-after-write"])
def test_no_secret_of_an_address_is_told_or_logged(served: Site, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    served.faults.set(f"desk:{fault}")
    wire = served.wire(read=0.3)
    for ask in (wire.get, wire.get_write):
        with pytest.raises((TryLater, Ambiguous)) as caught:
            ask(f"{served.address}/do/create?{SECRET}", {"Authorization": "token very-secret"})
        assert f"{served.address}/do/create" in str(caught.value)
        told = f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
        assert SECRET not in told
        assert "very-secret" not in told
        assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert SECRET not in caplog.text
    assert "very-secret" not in caplog.text


def test_a_password_in_an_address_is_not_told(served: Site) -> None:
    served.faults.set("desk:refuse")
    address = served.address.replace("http://", "http://user:a-password@")
    with pytest.raises(TryLater) as caught:
        served.wire().get(f"{address}/things")
    assert "a-password" not in str(caught.value)


def test_what_came_is_not_shown_by_accident(served: Site) -> None:
    served.app.answer = lambda request: Response("a teacher's name", 200)
    assert "teacher" not in repr(served.wire().get(f"{served.address}/things"))


@pytest.mark.parametrize("parallel", [1, 2, 4])
def test_never_more_at_once_than_allowed(served: Site, parallel: int) -> None:
    served.app.pause = 0.05
    wire = served.wire(parallel=parallel)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: wire.get(f"{served.address}/{n}"), range(12)))
        list(pool.map(lambda n: wire.post(f"{served.address}/{n}", "", "text/plain"), range(12)))
    assert served.app.most_at_once == parallel


def test_a_failure_gives_its_turn_back(served: Site) -> None:
    wire = served.wire(parallel=1)
    served.faults.set("desk:refuse@1")
    with pytest.raises(Ambiguous):
        wire.post(f"{served.address}/do", "", "text/plain")
    assert wire.get(f"{served.address}/things").status == 200


def test_closing_twice_is_closing_once(served: Site) -> None:
    wire = served.wire()
    wire.get(f"{served.address}/things")
    wire.close()
    wire.close()


def test_the_application_sees_who_asks(served: Site) -> None:
    def answer(request: Request) -> Response:
        return Response(request.headers["Host"])

    served.app.answer = answer
    assert served.wire().get(f"{served.address}/things").text == served.address.removeprefix("http://")
