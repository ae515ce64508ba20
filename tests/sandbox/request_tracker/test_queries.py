"""TicketSQL: what finds what, what is refused, and how dates are read."""

from __future__ import annotations

import pytest

EVERY = "Queue='KYPEK-ATT' AND "


@pytest.fixture
def filled(desk):
    """Three tickets: 1 new with a reference, 2 open in Greek, 3 resolved and referring to a page."""
    desk.create(Subject="Σύνδεση", CustomFields={"KypekRef": "kypek:seat:1"}, Requestor="a@sch.example")
    desk.create(Subject="Δεν ΑΚΟΥΩ", Status="open", CustomFields={"KypekRef": "d'arc", "KypekSeminar": "ΣΕΜ-1"})
    desk.later(60)
    desk.create(Subject="Other", Status="resolved", RefersTo=["https://kypek.example/seat/3"])
    return desk


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("id > 0", [1, 2, 3]),
        ("id = 2", [2]),
        ("id != 2", [1, 3]),
        ("id >= 2 AND id < 3", [2]),
        ("Status='new'", [1]),
        ("Status != 'new'", [2, 3]),
        ("(Status='new' OR Status='resolved')", [1, 3]),
        ("Status='__Active__'", [1, 2]),
        ("Status='__Inactive__'", [3]),
        ("Subject LIKE 'ακούω'", []),
        ("Subject LIKE 'ακουω'", [2]),
        ("Subject NOT LIKE 'o'", [1, 2]),
        ("Subject STARTSWITH 'Δεν'", [2]),
        ("Subject ENDSWITH 'her'", [3]),
        ("CF.{KypekRef}='KYPEK:SEAT:1'", [1]),
        (r"CF.{KypekRef}='d\'arc'", [2]),
        ('CF.{KypekRef}="d\'arc"', [2]),
        ("CF.KypekRef='kypek:seat:1'", [1]),
        ("'CF.{KypekRef}'='kypek:seat:1'", [1]),
        ("'CF.KYPEK-ATT.{KypekRef}'='kypek:seat:1'", [1]),
        ("CF.{KypekRef} != 'kypek:seat:1'", [2, 3]),
        ("CF.{KypekRef} LIKE 'kypek:'", [1]),
        ("CF.{KypekRef} STARTSWITH 'kypek:seat:'", [1]),
        ("CF.{KypekSeminar} IS NULL", [1, 3]),
        ("CF.{KypekSeminar} IS NOT NULL", [2]),
        ("CF.{NoSuchField}='x'", []),
        ("RefersTo='https://kypek.example/seat/3'", [3]),
        ("RefersTo IS NULL", [1, 2]),
        ("Requestor='A@sch.example'", [1]),
        ("Requestor.EmailAddress LIKE 'sch.example'", [1]),
        ("Requestor NOT LIKE 'sch.example'", [2, 3]),
        ("LastUpdated > '2027-01-15 10:30:00'", [3]),
        ("LastUpdated = '2027-01-15'", [1, 2, 3]),
        ("LastUpdated = '2027-01-14'", []),
        ("Resolved IS NULL", [1, 2]),
        # AND binds stronger than OR; parentheses change that.
        ("Status='new' OR Status='open' AND id=3", [1]),
        ("(Status='new' OR Status='open') AND id=3", []),
    ],
)
def test_a_query_finds_what_it_says(filled, condition, found):
    assert filled.search(EVERY + condition) == found


def test_queue_by_id_and_an_unknown_queue(filled):
    assert filled.search("Queue=3") == [1, 2, 3]
    assert filled.search("Queue='NOPE'") == []


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("Queue='x' AND CF.{A}='d''arc'", "expecting a AGGREGATOR in"),  # H-14
        ("Foo='x'", "Unknown field: Foo"),
        ("(Queue='x'", "Incomplete query, 1 unclosed paren"),
        ("Queue='x' AND", "Incomplete query, last element (AGGREGATOR)"),
        ("Queue=open", "expecting a VALUE"),
        ("= 'x'", "expecting a OPEN_PAREN or KEYWORD"),
        ("Queue > 'x'", "Invalid operator"),
    ],
)
@pytest.mark.parametrize("path", ["/tickets", "/transactions"])
def test_a_bad_query_is_refused(filled, path, query, complaint):
    answer = filled.call(
        "GET", path, query_string={"query": query.replace("Queue", "TicketQueue" if "trans" in path else "Queue")}
    )
    assert answer.status_code == 400
    assert complaint in answer.json["message"]


@pytest.mark.parametrize(
    ("value", "matches"),
    [
        ("2027-01-15 10:29:59", True),
        ("2027-01-15 10:30:00", False),
        ("2027-01-15T10:29:59", True),
        ("2027-01-15T10:30:00", False),
        # Of a time with Z only the day counts, even when it lies in the future.
        ("2027-01-15T23:59:59Z", True),
        ("2027-01-16T00:00:00Z", False),
        # A zone after the seconds is not looked at.
        ("2027-01-15 10:30:00 UTC", False),
        ("2027-01-15 11:30:00 +0200", False),
        # Numbers and nonsense are 1970.
        ("4070908800", True),
        ("αύριο", True),
        ("2027-13-45 00:00:00", True),
    ],
)
def test_dates_are_read_with_all_their_traps(desk, value, matches):  # H-10
    ticket = desk.create()
    assert desk.search(f"LastUpdated > '{value}'") == ([ticket] if matches else [])


def test_dates_are_in_the_zone_of_the_account_or_else_of_the_server(make_desk):  # H-10
    desk = make_desk(user_timezone="")
    ticket = desk.create()
    assert desk.get(ticket)["LastUpdated"] == "2027-01-15T10:30:00Z"
    athens, utc = (
        "LastUpdated = '2027-01-15 00:00:00' AND LastUpdated > '2027-01-15 12:29:59'",
        "LastUpdated > '2027-01-15 10:30:00'",
    )
    assert desk.search(f"{athens} AND LastUpdated <= '2027-01-15 12:30:00'") == [ticket]
    assert desk.search(utc) == [ticket]
    said = desk.call("PUT", "/user/kypek-sync", {"Timezone": "UTC"}).json
    assert said == ["User kypek-sync: Timezone changed from '' to 'UTC'"]
    assert desk.search(utc) == []
    assert desk.call("GET", "/user/kypek-sync").json["Timezone"] == "UTC"
    # It is kept in the state file, so a restart with another default changes nothing.
    assert make_desk(user_timezone="Europe/Athens").search(utc) == []


def test_embedded_fields_go_one_level_into_queue_and_people(filled):
    query = {"query": "id=1", "fields": "Queue,Requestor,Owner,Subject,Nonsense", "fields[Queue]": "Name,Lifecycle"}
    answer = filled.call("GET", "/tickets", query_string=query | {"fields[Requestor]": "EmailAddress"})
    (item,) = answer.json["items"]
    assert item["Queue"]["Name"] == "KYPEK-ATT"
    assert item["Queue"]["Lifecycle"] == "default"
    assert item["Requestor"][0]["EmailAddress"] == "a@sch.example"
    assert item["Subject"] == "Σύνδεση"
    assert "Nonsense" not in item
    assert "Status" not in item


def test_order_and_pages(filled):
    assert filled.search("id > 0", orderby="id", order="DESC") == [3, 2, 1]
    assert filled.search("id > 0", orderby="LastUpdated", order="DESC", per_page="1") == [3]
    page = filled.call("GET", "/tickets", query_string={"query": "id > 0", "per_page": "2"}).json
    assert (page["total"], page["pages"], page["count"]) == (3, 2, 2)
    rest = filled.client.get(page["next_page"], headers={"Authorization": "token 1-23-abc"}).json
    assert [item["id"] for item in rest["items"]] == ["3"]
    assert "next_page" not in rest
