"""zeep, a client that shares nothing with us, works against the rpc/encoded helpdesk; the traps it meets there."""

from __future__ import annotations

import pytest
import zeep
from zeep import xsd
from zeep.helpers import serialize_object

WHO = ("kypek", "s3cret")


class Caller:
    """Calls operations with the credentials; encoded arrays are built as zeep wants them."""

    def __init__(self, desk) -> None:
        self.client = desk.zeep()

    def __call__(self, operation: str, *arguments, **named):
        return serialize_object(getattr(self.client.service, operation)(*WHO, *arguments, **named), dict)

    def type(self, name: str):
        return self.client.get_type(f"{{http://futureware.biz/mantisconnect}}{name}")

    def array(self, name: str, item, *values):
        return self.type(name)([xsd.AnyObject(xsd.Element("item", item), value) for value in values])

    def reference(self, value: str):
        kind = self.type("CustomFieldValueForIssueData")
        return self.array("CustomFieldValueForIssueDataArray", kind, kind(field={"name": "KypekRef"}, value=value))

    def add(self, summary="Θέμα", **more) -> int:
        issue = {"project": {"id": 1}, "category": "Σεμινάρια", "summary": summary, "description": "Κείμενο", **more}
        return self("mc_issue_add", issue)

    def find(self, operation="mc_filter_search_issue_ids", page=1, size=50, **given):
        return self(operation, {"project_id": self.numbers(1), **given}, page, size) or []

    def numbers(self, *values):
        return self.array("IntegerArray", xsd.Integer(), *values)

    def by_reference(self, value: str, **given):
        kind = self.type("FilterCustomField")
        wanted = self.array("StringArray", xsd.String(), value)
        field = kind(field={"name": "KypekRef"}, value=wanted)
        return self.find(custom_fields=self.array("FilterCustomFieldArray", kind, field), **given)


@pytest.fixture
def call(mantis) -> Caller:
    return Caller(mantis)


def test_the_way_of_a_ticket(mantis, call):
    assert call.client.service.mc_version() == "2.29.0-dev"
    assert call("mc_login")["account_data"]["name"] == "kypek"
    assert {state["id"]: state["name"] for state in call("mc_enum_status")}[80] == "resolved"
    assert [project["name"] for project in call("mc_projects_get_user_accessible")] == ["KYPEK-ATT"]
    assert call("mc_project_get_categories", 1) == ["General", "Σεμινάρια"]
    assert [field["field"]["name"] for field in call("mc_project_get_custom_fields", 1)] == ["KypekRef"]
    number = call.add("Δεν βλέπω το μάθημα 😀", custom_fields=call.reference("kypek:seat:1"))
    assert call("mc_issue_exists", number) is True
    assert call.by_reference("kypek:seat:1") == [number]
    note = call("mc_issue_note_add", number, {"text": "Εγκρίθηκε", "view_state": {"name": "private"}})
    file = call("mc_issue_attachment_add", number, "βεβαίωση.txt", "text/plain", "περιεχόμενο".encode())
    issue = call("mc_issue_get", number)
    assert issue["summary"] == "Δεν βλέπω το μάθημα 😀"
    assert issue["last_updated"] == mantis.now
    assert issue["last_updated"].utcoffset().total_seconds() == 7200
    assert [(each["id"], each["text"], each["view_state"]["name"]) for each in issue["notes"]] == [
        (note, "Εγκρίθηκε", "private")
    ]
    assert [(each["id"], each["filename"]) for each in issue["attachments"]] == [(file, "βεβαίωση.txt")]
    assert mantis.world.ticket(number).fields == {"KypekRef": "kypek:seat:1"}
    assert [line["type"] for line in call("mc_issue_get_history", number)] == [1, 2, 9]


def test_a_plain_list_is_sent_as_nothing(mantis, call):  # H-21
    number = call.add(custom_fields=[{"field": {"name": "KypekRef"}, "value": "lost"}])
    assert mantis.world.ticket(number).fields == {}


def test_an_empty_array_reads_as_nothing(call):  # H-22
    assert not call.by_reference("kypek:none")
    assert not call("mc_issue_get", call.add())["attachments"]


@pytest.mark.parametrize("missing", ["category", "summary", "description"])
def test_an_update_must_be_whole(call, missing):  # H-23
    number = call.add()
    issue = {"category": "General", "summary": "a", "description": "b", "status": {"id": 50}}
    del issue[missing]
    with pytest.raises(zeep.exceptions.Fault, match=missing.capitalize() if missing == "category" else missing):
        call("mc_issue_update", number, issue)
    assert call("mc_issue_get", number)["status"]["id"] == 10


def test_states_that_do_not_exist_are_stored(mantis, call):  # H-24
    number = call.add()
    whole = {"category": "General", "summary": "a", "description": "b"}
    assert call("mc_issue_update", number, {**whole, "status": {"id": 77}}) is True
    assert call("mc_issue_get", number)["status"] == {"id": 77, "name": "@77@"}
    assert call("mc_issue_update", number, {**whole, "status": {"name": "ανοιχτό"}}) is True
    assert call("mc_issue_get", number)["status"] == {"id": 0, "name": "@0@"}


def test_a_read_modify_write_that_sends_the_notes_back_does_not_double_them(mantis, call):
    number = call.add()
    mantis.world.reply_by_human(number, "Παλιό", "officer")
    kind = call.type("IssueNoteData")
    notes = [kind(id=note["id"], text=note["text"]) for note in call("mc_issue_get", number)["notes"]]
    issue = {"category": "General", "summary": "a", "description": "b"}
    call("mc_issue_update", number, {**issue, "notes": call.array("IssueNoteDataArray", kind, *notes)})
    assert [note.text for note in mantis.world.ticket(number).notes] == ["Παλιό"]
    without_id = call.array("IssueNoteDataArray", kind, kind(text="Νέο"))
    call("mc_issue_update", number, {**issue, "notes": without_id})
    assert [note.text for note in mantis.world.ticket(number).notes] == ["Παλιό", "Νέο"]


def test_an_unknown_reporter_and_a_used_reference_are_accepted(mantis, call):  # H-25, H-26
    first = call.add(reporter={"email": "kanenas@sch.example"}, custom_fields=call.reference("same"))
    second = call.add(custom_fields=call.reference("same"))
    assert mantis.world.ticket(first).reporter == 0
    assert sorted(call.by_reference("same")) == [first, second]


def test_a_page_past_the_end_is_the_last_page_again(call):  # H-27
    numbers = [call.add(f"Αίτημα {index}") for index in range(5)]
    assert sorted(call.find(page=1, size=2) + call.find(page=2, size=2) + call.find(page=3, size=2)) == numbers
    assert call.find(page=4, size=2) == call.find(page=3, size=2) == call.find(page=99, size=2)
    assert call("mc_project_get_issue_headers", 1, 3, 2)
    assert not call("mc_project_get_issue_headers", 1, 4, 2)


def test_changes_are_found_by_day_and_in_athens(mantis, call):  # H-28
    mantis.now = mantis.now.replace(hour=22, minute=30)  # half past midnight of the 16th in Athens
    number = call.add()

    def on(day: int):
        parts = {"day": day, "month": 1, "year": 2027}
        given = {f"last_update_{edge}_{name}": value for edge in ("start", "end") for name, value in parts.items()}
        return call.find("mc_filter_search_issue_headers", **given)

    assert [header["id"] for header in on(16)] == [number]
    assert not on(15)
    assert not on(17)


def test_closed_tickets_hide_only_when_asked(mantis, call):  # H-28
    number = call.add(custom_fields=call.reference("r"))
    mantis.world.set_status_by_human(number, 90, "officer")
    assert call.by_reference("r") == [number]
    assert call.by_reference("r", hide_status_id=call.numbers(-2)) == [number]
    assert not call.by_reference("r", hide_status_id=call.numbers(90))
    assert not call("mc_project_get_issue_headers", 1, 1, 50)


def test_faults_about_data_come_with_200_and_html(mantis, call):  # H-29
    with pytest.raises(zeep.exceptions.Fault, match="Issue #99999 not found") as caught:
        call("mc_issue_get", 99999)
    assert caught.value.code == "SOAP-ENV:Client"
    body = '<m:mc_issue_get xmlns:m="http://futureware.biz/mantisconnect"><username>kypek</username>'
    answer = mantis.post(f"{body}<password>s3cret</password><issue_id>99999</issue_id></m:mc_issue_get>")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
    denied = mantis.post(f"{body}<password>wrong</password><issue_id>1</issue_id></m:mc_issue_get>")
    assert (denied.status_code, denied.headers["Content-Type"]) == (500, "text/xml; charset=utf-8")
    assert "Access denied" in denied.text


def test_a_refused_creation_leaves_nothing(mantis, call):
    kind = call.type("CustomFieldValueForIssueData")
    fields = call.array("CustomFieldValueForIssueDataArray", kind, kind(field={"name": "NoSuch"}, value="1"))
    with pytest.raises(zeep.exceptions.Fault, match="Invalid Custom Field"):
        call.add(custom_fields=fields)
    assert mantis.world.tickets() == []


def test_a_token_stands_for_the_password(mantis, call):  # H-30
    mantis.world.add_api_token("tok")
    assert call.client.service.mc_login("kypek", "tok")["access_level"] == 70


def test_reads_and_writes_are_told_apart(mantis, call):
    before = dict(mantis.running.calls)
    call.add()
    call("mc_issue_get", 1)
    call("mc_issue_note_add", 1, {"text": "α"})
    assert mantis.running.calls["write"] - before.get("write", 0) == 2


def test_a_reset_after_a_write_leaves_the_ticket(mantis, call):
    mantis.faults.set("soap:reset-after-write@1")
    with pytest.raises(OSError, match=r"Connection aborted|closed connection"):
        call.add(custom_fields=call.reference("kypek:seat:9"))
    assert [seen.fields for seen in mantis.world.tickets()] == [{"KypekRef": "kypek:seat:9"}]
