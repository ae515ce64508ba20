"""Creating and changing tickets: what is silently lost, what is refused in words only, what breaks the server."""

from __future__ import annotations

import base64
import threading
from io import BytesIO

import pytest
import requests
from werkzeug.datastructures import FileStorage
from werkzeug.test import Client

from kypek_sync.sandbox.request_tracker import World, create_app
from kypek_sync.sandbox.serving import serve

NOTE = {"Content": "Κείμενο", "ContentType": "text/plain"}


def test_what_creation_silently_drops(desk):  # H-2
    ticket = desk.create(Requestor="όχι διεύθυνση", CustomFields={"Nope": "x", "KypekRef": "r"})
    seen = desk.world.ticket(ticket)
    assert (seen.requestors, seen.fields) == ((), {"KypekRef": "r"})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"Status": "frobbed"}, "Ticket 1: Status 'frobbed' isn't a valid status for this ticket."),
        ({"Status": "deleted"}, "Ticket 1: Permission Denied"),
        ({"Queue": "General"}, "Ticket 1: Permission Denied"),
        ({"Queue": "NOPE"}, "Ticket 1: That queue does not exist"),
        ({"Owner": "kanenas"}, "Ticket 1: That user does not exist"),
    ],
)
def test_a_refused_change_is_200_and_changes_nothing(desk, data, sentence):  # H-3
    before = desk.get(desk.create())
    assert desk.put(1, **data) == [sentence]
    assert desk.get(1) == before


def test_changes_and_their_sentences(desk):
    ticket = desk.create(Subject="α", CustomFields={"KypekSeminar": "Α"})
    assert desk.put(ticket, Subject="β", Owner="kypek-sync") == [
        "Ticket 1: Subject changed from 'α' to 'β'",
        "Ticket 1: Owner changed from Nobody to kypek-sync",
    ]
    assert desk.put(ticket, CustomFields={"KypekRef": "r", "KypekSeminar": None}) == [
        "KypekRef r added",
        "Α is no longer a value for custom field KypekSeminar",
    ]
    assert desk.put(ticket, Requestor=["x@sch.example"]) == ["Added x@sch.example as Requestor for this ticket"]
    assert desk.put(ticket, Requestor="x@sch.example", Bogus=1) == []
    assert desk.put(ticket, RefersTo=["https://kypek.example/1"]) == ["Ticket 1 refers to URI https://kypek.example/1."]


def test_a_stale_etag_is_refused_and_if_unmodified_since_breaks_the_server(desk):  # H-7
    ticket = desk.create()
    tag = desk.call("GET", f"/ticket/{ticket}").headers["ETag"]
    desk.world.set_status_by_human(ticket, "open", "officer")
    stale = desk.call("PUT", f"/ticket/{ticket}", {"Status": "resolved"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json) == (412, {"message": "Precondition Failed"})
    date = {"If-Unmodified-Since": "Sun, 22 Nov 2026 10:00:00 GMT"}
    broken = desk.call("PUT", f"/ticket/{ticket}", {"Status": "resolved"}, headers=date)
    assert (broken.status_code, broken.data) == (500, b"")
    assert desk.world.ticket(ticket).status == "open"
    assert "ETag" not in desk.call("GET", "/tickets", query_string={"query": "id > 0"}).headers


def test_a_greek_file_name_breaks_json_and_is_fine_in_a_form(desk):  # H-8
    ticket = desk.create()
    file = {"FileName": "βεβαίωση.txt", "FileType": "text/plain", "FileContent": base64.b64encode(b"x").decode()}
    broken = desk.call("POST", f"/ticket/{ticket}/comment", {**NOTE, "Attachments": [file]})
    assert (broken.status_code, broken.data) == (500, b"")
    assert len(desk.world.transactions(ticket)) == 1
    form = {
        "JSON": '{"Content": "α", "ContentType": "text/plain"}',
        "Attachments": FileStorage(BytesIO("περιεχόμενο".encode()), "βεβαίωση.txt", content_type="text/plain"),
    }
    headers = {"Authorization": "token 1-23-abc"}
    answer = desk.client.post(f"/REST/2.0/ticket/{ticket}/correspond", data=form, headers=headers)
    assert answer.status_code == 201
    assert desk.world.transactions(ticket)[-1].files == ("βεβαίωση.txt",)
    attachments = desk.call("GET", f"/ticket/{ticket}/attachments", query_string={"fields": "Filename"}).json["items"]
    (number,) = [item["id"] for item in attachments if item["Filename"]]
    content = desk.call("GET", f"/attachment/{number}").json["Content"]
    assert base64.b64decode(content).decode() == "περιεχόμενο"


def test_a_form_can_create_a_ticket_with_files(desk):
    form = {"JSON": '{"Queue": "KYPEK-ATT", "Content": "α"}', "Attachments": FileStorage(BytesIO(b"x"), "ένα.txt")}
    headers = {"Authorization": "token 1-23-abc"}
    assert desk.client.post("/REST/2.0/ticket", data=form, headers=headers).status_code == 201
    assert desk.world.transactions(1)[0].files == ("ένα.txt",)


@pytest.mark.parametrize("missing", ["FileName", "FileType", "FileContent"])
def test_an_incomplete_attachment_is_named(desk, missing):
    file = {"FileName": "a.txt", "FileType": "text/plain", "FileContent": "eA=="}
    del file[missing]
    answer = desk.call("POST", f"/ticket/{desk.create()}/comment", {**NOTE, "Attachments": [file]})
    assert (answer.status_code, answer.json["message"].split()[0]) == (400, missing)


def test_a_reply_opens_what_was_done(desk):  # H-5
    ticket = desk.create(Requestor="a@sch.example", Status="resolved")
    desk.later(5)
    desk.call("POST", f"/ticket/{ticket}/correspond", NOTE)
    read = desk.get(ticket)
    assert (read["Status"], read["Told"]) == ("open", "2027-01-15T10:30:05Z")


def test_a_comment_opens_nothing(desk):
    ticket = desk.create(Status="resolved")
    desk.call("POST", f"/ticket/{ticket}/comment", NOTE)
    assert desk.get(ticket)["Status"] == "resolved"


def test_a_note_that_sets_a_greek_field_is_applied_and_never_answered(desk):  # H-9
    ticket = desk.create()
    with_field = {**NOTE, "CustomFields": {"KypekSeminar": "ΣΕΜ-Β"}}
    running = serve(desk.app, "rt", desk.faults)
    try:
        url = f"{running.address}/REST/2.0/ticket/{ticket}/comment"
        headers = {"Authorization": "token 1-23-abc"}
        with pytest.raises(requests.ConnectionError):
            requests.post(url, json=with_field, headers=headers, timeout=5)
        latin = requests.post(url, json={**NOTE, "CustomFields": {"KypekRef": "r"}}, headers=headers, timeout=5)
    finally:
        running.stop()
    assert latin.json() == ["Comments added", "KypekRef r added"]
    assert desk.world.ticket(ticket).fields == {"KypekSeminar": "ΣΕΜ-Β", "KypekRef": "r"}
    assert [seen.type for seen in desk.world.transactions(ticket)][:3] == ["Create", "Comment", "CustomField"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/ticket/999", 404),
        ("GET", "/transaction/999", 404),
        ("GET", "/attachment/999", 404),
        ("GET", "/queue/NOPE", 404),
        ("GET", "/queue/General", 403),
        ("POST", "/ticket/1", 405),
        ("PATCH", "/ticket/1", 501),
        ("DELETE", "/ticket/1", 500),
    ],
)
def test_what_is_not_there(desk, method, path, status):
    desk.create()
    assert desk.call(method, path).status_code == status


def test_put_refused(desk):
    ticket = desk.create()
    desk.faults.set("rt:put-refused@1")
    assert desk.put(ticket, Status="open") == ["Ticket 1: Permission Denied"]
    assert desk.world.ticket(ticket).status == "new"
    assert desk.put(ticket, Status="open") == ["Ticket 1: Status changed from 'new' to 'open'"]


@pytest.mark.parametrize(("fault", "status"), [("no-permission", 403), ("bad-token", 401)])
def test_faults_of_rights(desk, fault, status):
    desk.faults.set(f"rt:{fault}")
    assert desk.call("GET", "/rt").status_code == status
    desk.faults.lift("rt")
    assert desk.call("GET", "/rt").status_code == 200


def test_cf_dropped_strikes_only_writes_with_custom_fields(desk):
    desk.faults.set("rt:cf-dropped@1")
    first, second = desk.create(), desk.create(CustomFields={"KypekRef": "r"})
    third = desk.create(CustomFields={"KypekRef": "r"})
    assert [desk.world.ticket(ticket).fields for ticket in (first, second, third)] == [{}, {}, {"KypekRef": "r"}]


def test_many_writers_at_once_lose_nothing(desk):
    running = serve(desk.app, "rt", desk.faults)
    statuses = []

    def write(name: int) -> None:
        headers = {"Authorization": "token 1-23-abc"}
        with requests.Session() as session:
            for number in range(5):
                data = {"Queue": "KYPEK-ATT", "CustomFields": {"KypekRef": f"{name}-{number}"}}
                answer = session.post(f"{running.address}/REST/2.0/ticket", json=data, headers=headers, timeout=30)
                statuses.append(answer.status_code)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.stop()
    assert statuses == [201] * 30
    assert len({seen.fields["KypekRef"] for seen in desk.world.tickets()}) == 30


def test_the_state_outlives_the_server(desk):
    ticket = desk.create(CustomFields={"KypekRef": "r"})
    create_app(desk.state, token="other", faults=desk.faults.of("rt"), clock=lambda: desk.now)
    assert World(desk.state).ticket(ticket).fields == {"KypekRef": "r"}


def test_a_world_seeded_before_keeps_its_own_queues(tmp_path, desk):
    state = tmp_path / "other.sqlite"
    World(state).add_queue("KYPEK-PIR")
    app = create_app(state, token="t", faults=desk.faults.of("rt"), clock=lambda: desk.now)

    queues = Client(app).get("/REST/2.0/queues/all?fields=Name", headers={"Authorization": "token t"}).json["items"]
    assert [queue["Name"] for queue in queues] == ["KYPEK-PIR"]


def test_people_in_roles_links_and_priority_change_and_change_back(desk):
    ticket = desk.create(Requestor=["x@sch.example", "y@sch.example"], RefersTo=["https://kypek.example/1"])
    assert desk.put(ticket, Requestor=["y@sch.example"]) == ["x@sch.example is no longer Requestor for this ticket"]
    assert desk.put(ticket, RefersTo="https://kypek.example/2") == [
        "Ticket 1 refers to URI https://kypek.example/2.",
        "Ticket 1 no longer refers to URI https://kypek.example/1.",
    ]
    assert desk.put(ticket, Priority=50) == ["Ticket 1: Priority changed from (no value) to '50'"]
    assert desk.put(ticket, Priority="πολύ") == ["Ticket 1: Illegal value for Priority"]
    assert desk.put(ticket, Owner="Nobody", Queue="KYPEK-ATT", Subject="Αίτημα") == []
    assert desk.search("Priority > 10") == [ticket]


def test_a_comment_mailed_to_an_admincc_leaves_a_hidden_record(desk):  # H-11
    ticket = desk.create(AdminCc="boss@sch.example")
    desk.call("POST", f"/ticket/{ticket}/comment", NOTE)
    assert [seen.type for seen in desk.world.transactions(ticket)] == ["Create", "Comment", "CommentEmailRecord"]
    assert desk.search("Type='CommentEmailRecord'", "/transactions") == []


def test_a_note_may_be_plain_text_and_may_set_the_status(desk):
    ticket = desk.create()
    headers = {"Authorization": "token 1-23-abc", "Content-Type": "text/plain; charset=utf-8"}
    url = f"/REST/2.0/ticket/{ticket}/comment"
    assert desk.client.post(url, data="Σκέτο κείμενο".encode(), headers=headers).status_code == 201
    assert desk.world.transactions(ticket)[-1].text == "Σκέτο κείμενο"
    said = desk.call("POST", f"/ticket/{ticket}/comment", {**NOTE, "Status": "resolved"}).json
    assert said == ["Comments added", "Status changed from 'new' to 'resolved'"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("[]", "JSON object must be a ref to a hash"),
        ("nonsense", "JSON parse error: malformed JSON string"),
    ],
)
def test_a_body_that_is_no_object_is_refused(desk, data, message):
    headers = {"Authorization": "token 1-23-abc", "Content-Type": "application/json"}
    answer = desk.client.post("/REST/2.0/ticket", data=data, headers=headers)
    assert answer.status_code == 400
    assert answer.json["message"].startswith(message)


def test_a_file_that_is_not_base64_is_refused(desk):
    file = {"FileName": "a.txt", "FileType": "text/plain", "FileContent": "a"}
    answer = desk.call("POST", f"/ticket/{desk.create()}/comment", {**NOTE, "Attachments": [file]})
    assert answer.status_code == 400


def test_a_form_without_its_json_is_refused(desk):
    answer = desk.client.post(
        "/REST/2.0/ticket", data={"x": FileStorage(BytesIO(b"x"), "a")}, headers={"Authorization": "token 1-23-abc"}
    )
    assert (answer.status_code, answer.json["message"]) == (400, "JSON is a required field for multipart/form-data")


@pytest.mark.parametrize(
    ("login", "zone", "status", "answer"),
    [
        ("kypek-sync", "Europe/Nowhere", 200, ["User kypek-sync: Illegal value for Timezone"]),
        ("kypek-sync", "UTC", 200, []),
        ("Nobody", "UTC", 403, {"message": "Forbidden"}),
        ("kanenas", "UTC", 404, {"message": "Resource does not exist; use POST to create"}),
    ],
)
def test_only_its_own_zone_can_be_set(desk, login, zone, status, answer):
    got = desk.call("PUT", f"/user/{login}", {"Timezone": zone})
    assert (got.status_code, got.json) == (status, answer)
