"""The changes of a queue, as a robot follows them and as people make them."""

from __future__ import annotations

SINCE = "id > {} AND ObjectType='RT::Ticket' AND TicketQueue='KYPEK-ATT'"
NO_MAIL = " AND Type != 'EmailRecord' AND Type != 'CommentEmailRecord'"


def rows(desk, query, **options):
    answer = desk.call("GET", "/transactions", query_string={"query": query, "orderby": "id", **options})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_page_comes_back_short_although_more_follow(desk):  # H-11
    for number in range(3):
        desk.create(Requestor=f"t{number}@sch.example")
    page = rows(desk, SINCE.format(0), per_page="2")
    assert page["count"] == 1
    assert "next_page" not in page
    assert page["pages"] is None
    assert rows(desk, SINCE.format(0), per_page="2", page="2")["count"] == 1
    full = rows(desk, SINCE.format(0) + NO_MAIL, per_page="2")
    assert full["count"] == 2


def test_following_the_last_id_until_a_page_is_empty_misses_nothing(desk):  # H-11
    tickets = [desk.create(Requestor=f"t{number}@sch.example") for number in range(7)]
    seen, cursor = [], 0
    while items := rows(desk, SINCE.format(cursor) + NO_MAIL, per_page="3", fields="ObjectId,Type")["items"]:
        seen += [int(item["ObjectId"]) for item in items]
        cursor = int(items[-1]["id"])
    assert seen == tickets


def test_what_people_do_appears_with_their_name(desk):
    ticket = desk.create(Requestor="a@sch.example")
    start = desk.world.transactions(ticket)[-1].id
    desk.world.set_status_by_human(ticket, "resolved", "officer")
    desk.world.reply_by_human(ticket, "Δεν λύθηκε", "a@sch.example")
    desk.world.set_field_by_human(ticket, "KypekSeminar", "ΣΕΜ-9", "officer")
    desk.world.comment_by_human(ticket, "Το είδα", "officer")
    fields = "Type,Creator,Field,OldValue,NewValue,Object"
    items = rows(desk, SINCE.format(start) + NO_MAIL, fields=fields)["items"]
    told = [(item["Type"], item["Creator"]["id"], item["OldValue"], item["NewValue"]) for item in items]
    assert told == [
        ("Status", "officer", "new", "resolved"),
        ("Correspond", "a@sch.example", "", ""),
        ("Status", "a@sch.example", "resolved", "open"),  # H-5
        ("CustomField", "officer", "", "ΣΕΜ-9"),
        ("Comment", "officer", "", ""),
    ]
    assert items[0]["Object"] == ""
    assert "Told" not in desk.get(ticket)
    assert desk.world.ticket(ticket).status == "open"


def test_a_note_is_found_by_its_key_and_read_back(desk):
    ticket = desk.create()
    data = {"Content": "Καλημέρα", "ContentType": "text/plain", "TxnCustomFields": {"KypekEvt": "evt-7"}}
    answer = desk.call("POST", f"/ticket/{ticket}/comment", data)
    assert answer.json == ["Comments added", "Custom fields updated"]
    (found,) = desk.search("CF.{KypekEvt}='evt-7'", "/transactions")
    assert answer.headers["Location"] == f"/REST/2.0/transaction/{found}"
    read = desk.call("GET", f"/transaction/{found}").json
    assert (read["Type"], read["Object"]["id"]) == ("Comment", str(ticket))
    last = desk.world.transactions(ticket)[-1]
    assert (last.text, last.fields) == ("Καλημέρα", {"KypekEvt": "evt-7"})


def test_an_unknown_key_field_of_a_note_is_only_told_in_words(desk):
    data = {"Content": "x", "ContentType": "text/plain", "TxnCustomFields": {"Nope": "1"}}
    answer = desk.call("POST", f"/ticket/{desk.create()}/comment", data)
    assert answer.status_code == 201
    assert answer.json[1] == "Unable to load transaction custom field: Nope"


def test_mail_records_are_not_shown_to_the_robot(desk):
    ticket = desk.create(Requestor="a@sch.example")
    mail = desk.world.transactions(ticket)[-1]
    assert mail.type == "EmailRecord"
    assert desk.call("GET", f"/transaction/{mail.id}").status_code == 403
    assert len(desk.call("GET", f"/ticket/{ticket}/history").json["items"]) == 1


def test_changes_of_a_queue_without_rights_are_not_shown(desk):
    desk.world.add_ticket("Ξένο", queue="General")
    desk.create()
    assert desk.search("ObjectType='RT::Ticket'", "/transactions") == [
        desk.world.transactions(2)[0].id,
    ]


def test_a_merged_ticket_reads_as_the_winner_and_is_hidden_in_searches(desk):  # H-16
    winner, loser = desk.create(), desk.create(Requestor="b@sch.example", RefersTo=["https://kypek.example/2"])
    desk.world.merge(loser, winner)
    assert desk.get(loser)["id"] == winner
    assert desk.search("Queue='KYPEK-ATT'") == [winner]
    assert [person["id"] for person in desk.get(winner)["Requestor"]] == ["b@sch.example"]
    assert desk.search("RefersTo='https://kypek.example/2'") == [winner]
    assert desk.world.ticket(loser).effective == winner
    assert desk.put(winner, MergeInto=winner) == ["Can't merge a ticket into itself"]
    assert desk.put(winner, MergeInto=999) == ["New ticket doesn't exist"]


def test_a_ticket_moved_out_of_sight_is_forbidden(desk):
    ticket = desk.create()
    desk.world.move(ticket, "General")
    assert desk.call("GET", f"/ticket/{ticket}").status_code == 403
    assert desk.call("PUT", f"/ticket/{ticket}", {"Status": "open"}).status_code == 403
    assert desk.search("id > 0") == []


def test_another_queue_with_its_own_fields(desk):
    desk.world.add_queue("KYPEK-PIR")
    desk.world.add_custom_field("KypekRef", queue="KYPEK-PIR")
    answer = desk.call("POST", "/ticket", {"Queue": "KYPEK-PIR", "CustomFields": {"KypekRef": "kypek:x:1"}})
    number = int(answer.json["id"])
    assert desk.search("Queue='KYPEK-PIR' AND CF.{KypekRef}='kypek:x:1'") == [number]
    assert [queue["id"] for queue in desk.call("GET", "/queues/all").json["items"]] == ["3", "4"]
    assert desk.put(number, Queue="KYPEK-ATT") == [f"Ticket {number}: Queue changed from KYPEK-PIR to KYPEK-ATT"]
