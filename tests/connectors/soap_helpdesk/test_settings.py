"""Settings, presets and their errors; the probe and the explorer; words and paths."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from pydantic import ValidationError

from connectors.soap_helpdesk import SPEC, SoapHelpdeskSettings
from connectors.soap_helpdesk.mapping import fitted, marked
from connectors.soap_helpdesk.paths import read
from connectors.soap_helpdesk.settings import preset
from connectors.soap_helpdesk.templates import BadValue, Values, render
from kypek_sync.contract import Capability, ConnectorContext, Outcome, ProbeLevel, Role, StopConnector, TicketDraft
from kypek_sync.model import TicketState
from tests.connectors.soap_helpdesk.desks import PLAIN, Served

MANTIS: dict[str, Any] = {
    "preset": "mantisbt",
    "wsdl": "mantis.wsdl",
    "endpoint": "https://helpdesk.example/api/soap/mantisconnect.php",
    "username": "kypek",
    "password": "secret-token",
    "project": "1",
    "category": "Σεμινάρια",
}
OWN: dict[str, Any] = {
    "wsdl": "https://helpdesk.example/service?wsdl",
    "username": "kypek",
    "password": "secret-token",
    "category": "9508",
    **PLAIN,
}
DRAFT = TicketDraft("kypek:hold:1", "KYPEK-ATT", "Θέμα", "Κείμενο", "a@sch.example")


def changed(base: dict[str, Any], **paths: Any) -> dict[str, Any]:
    """Settings with one place changed: `operations__create__name="x"`."""
    whole = copy.deepcopy(base)
    for path, value in paths.items():
        *front, last = path.split("__")
        part = whole
        for key in front:
            part = part.setdefault(key, {})
        part[last] = value
    return whole


def test_a_preset_is_enough_and_what_is_written_beside_it_wins() -> None:
    settings = SoapHelpdeskSettings.model_validate(MANTIS)
    assert settings.operations["create"].name == "mc_issue_add"
    assert "secret-token" not in repr(settings)
    other = changed(MANTIS, operations__version={"name": "mc_other"}, states__out=preset("mantisbt")["states"]["out"])
    merged = SoapHelpdeskSettings.model_validate(other)
    assert merged.operations["version"].name == "mc_other"
    assert merged.operations["create"].name == "mc_issue_add"


def test_the_address_of_calls_is_that_of_the_wsdl_unless_written() -> None:
    """H-38"""
    assert SoapHelpdeskSettings.model_validate(OWN).address == "https://helpdesk.example/service"


@pytest.mark.parametrize(
    ("base", "change", "words"),
    [
        (MANTIS, {"endpoint": ""}, "write `endpoint`"),
        (MANTIS, {"project": ""}, "write `project`: operations.create"),
        (MANTIS, {"category": ""}, "write `category`"),
        (MANTIS, {"auth": "basic"}, "auth: args"),
        (MANTIS, {"preset": "otrs"}, "preset"),
        (MANTIS, {"time_zone": "Athens"}, "no time zone"),
        (OWN, {"auth": "args"}, "auth: args"),
        (OWN, {"wsdl": "http://helpdesk.example/service?wsdl"}, "use https"),
        (OWN, {"wsdl": "https://kypek:word@helpdesk.example/service?wsdl"}, "no name or password"),
        (OWN, {"states": None}, "write `states`"),
        (OWN, {"states__out": {"open": "OPEN"}}, "states.out sets OPEN for open"),
        (OWN, {"faults": {"(": "stop"}}, "no regular expression"),
        (OWN, {"faults": {"x": "perhaps"}}, "faults"),
        (OWN, {"operations": {"get": {"name": "GetTicket"}}}, "operations lacks create, find, note, set_state"),
        (OWN, {"operations__delete": {"name": "Delete"}}, "delete"),
        (
            OWN,
            {"operations__get__arguments": {"Number": "${t.nr}"}},
            r"operations.get.arguments.Number: there is no t.nr",
        ),
        (OWN, {"operations__get__arguments": {"Number": "${t.id|number}"}}, "there is no filter number"),
        (OWN, {"operations__get__arguments": {"Number": "${T ID}"}}, "not of the form"),
        (OWN, {"operations__get__result": "a[b]"}, "no path"),
        (OWN, {"ticket__adress": "x"}, "adress"),
    ],
)
def test_a_wrong_setting_is_named(base: dict[str, Any], change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SoapHelpdeskSettings.model_validate(changed(base, **change))


def test_every_setting_is_described() -> None:
    assert SPEC.roles == {Role.HELPDESK}
    assert all(field.description for field in SoapHelpdeskSettings.model_fields.values())
    assert SPEC.letter is not None
    assert "KypekRef" in " ".join(SPEC.letter.paragraphs)


# The probe


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"operations__create__name": "OpenTicket"}, "operations.create.name: the WSDL has no operation OpenTicket"),
        (
            {"operations__create__arguments__Subject": "x"},
            "operations.create.arguments.Subject: there is no such element",
        ),
        ({"operations__create__arguments__Requester": "x"}, ""),
        ({"operations__create__arguments": {"Title": "x"}}, "operations.create.arguments lacks Body"),
        ({"operations__create__arguments__Requester": {"Email": "x"}}, "Requester.Email: there is no such element"),
        ({"operations__create__arguments__Title": {"a": "b"}}, "Title must be a single value"),
        ({"operations__create__arguments__Requester": ["x"]}, "Requester must be a mapping with Mail, Name"),
    ],
)
def test_what_does_not_fit_the_wsdl_is_named_before_any_call(plain: Served, change: dict[str, Any], words: str) -> None:
    probe = plain.connector(operations=changed(PLAIN, **change)["operations"]).probe()
    problems = [line.text for line in probe.lines if line.level is ProbeLevel.PROBLEM]
    assert any(words in text for text in problems) if words else probe.usable
    assert plain.running.calls["write"] == 0


def test_a_list_for_an_encoded_array_is_asked_for(mantis: Served) -> None:
    """H-21"""
    own = changed({"operations": preset("mantisbt")["operations"]})
    own["operations"]["create"]["arguments"]["issue"]["custom_fields"] = {"field": "x"}
    probe = mantis.connector(**own).probe()
    assert any("custom_fields must be a list" in line.text for line in probe.lines)


def test_without_operations_it_can_be_explored(plain: Served) -> None:
    bare = {"wsdl": f"{plain.address}?wsdl", "username": "kypek", "password": plain.written()["password"]}
    connector = SPEC.build(SoapHelpdeskSettings.model_validate({**bare, "auth": "basic"}), _context(plain))
    text = SPEC.commands["explore"](connector, ())
    assert "binding {urn:plain-helpdesk:wsdl}DeskSoap" in text
    assert "CreateTicket(Reference?: string, Title: string, Body: string" in text
    assert "  Note?: Note[]" in text
    assert "SetState" not in SPEC.commands["explore"](connector, ("note",))
    probe = connector.probe()
    assert not probe.usable
    with pytest.raises(StopConnector, match=r"operations\.find"):
        connector.find("kypek:hold:1")
    connector.close()


def test_states_that_the_helpdesk_does_not_know_are_a_problem(plain: Served) -> None:
    """H-24"""
    states = {"in": {**PLAIN["states"]["in"], "ICED": "waiting"}, "out": {**PLAIN["states"]["out"], "waiting": "ICED"}}
    helpdesk = plain.connector(states=states)
    probe = helpdesk.probe()
    assert any("ICED for waiting" in line.text for line in probe.lines if line.level is ProbeLevel.PROBLEM)
    ticket = helpdesk.ensure(DRAFT).foreign_id
    with pytest.raises(StopConnector, match="ICED"):
        helpdesk.set_state(ticket, TicketState.WAITING)
    assert plain.world.ticket(int(ticket)).status == 10


def test_states_without_a_meaning_are_told(plain: Served) -> None:
    states = copy.deepcopy(PLAIN["states"])
    del states["in"]["REJECTED"], states["out"]["closed"]
    probe = plain.connector(states=states).probe()
    assert probe.usable
    assert any("REJECTED" in line.text for line in probe.lines if line.level is ProbeLevel.WARNING)


# The WSDL in a file


def test_a_wsdl_in_a_file_is_read_without_the_net(plain: Served, tmp_path: Path) -> None:
    (tmp_path / "desk.wsdl").write_text(requests.get(f"{plain.address}?wsdl", timeout=5).text, "utf-8")
    reads = plain.running.calls["read"]
    helpdesk = plain.connector(wsdl="desk.wsdl", endpoint=plain.address)
    assert helpdesk.find("kypek:hold:1") == ()
    assert plain.running.calls["read"] == reads + 1


def test_the_encoding_schema_is_never_fetched(mantis: Served, tmp_path: Path) -> None:
    """H-20"""
    (tmp_path / "desk.wsdl").write_text(requests.get(f"{mantis.address}?wsdl", timeout=5).text, "utf-8")
    helpdesk = mantis.connector(wsdl="desk.wsdl", endpoint=mantis.address)
    assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("<html>", "no WSDL"),
        ("<!DOCTYPE x><definitions/>", "no WSDL"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "no WSDL"),
        ('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "bindings"),
        (
            '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="x" location="../other.wsdl"/>'
            "</definitions>",
            "not below its own folder",
        ),
        (
            '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="x"'
            ' location="file:///etc/passwd"/></definitions>',
            "not below its own folder",
        ),
        (
            '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="x"'
            ' location="https://elsewhere.example/x.wsdl"/></definitions>',
            "import_hosts",
        ),
    ],
)
def test_a_bad_wsdl_stops_with_a_sentence(plain: Served, tmp_path: Path, text: str | None, words: str) -> None:
    """H-38"""
    if text is not None:
        (tmp_path / "desk.wsdl").write_text(text, "utf-8")
    helpdesk = plain.connector(wsdl="desk.wsdl", endpoint=plain.address)
    with pytest.raises(StopConnector, match=words):
        helpdesk.find("kypek:hold:1")
    assert not helpdesk.probe().usable


def test_a_binding_that_is_not_there_is_named(plain: Served) -> None:
    with pytest.raises(StopConnector, match=r"has no SOAP binding \{x\}y; it has .*DeskSoap"):
        plain.connector(binding="{x}y").find("kypek:hold:1")
    assert plain.connector(binding="{urn:plain-helpdesk:wsdl}DeskSoap").find("kypek:hold:1") == ()


# A helpdesk that can less


def test_without_a_field_the_reference_stands_in_the_subject(plain: Served) -> None:
    own = changed(PLAIN, ticket__ref="")
    del own["operations"]["create"]["arguments"]["Reference"]
    own["operations"]["find"]["arguments"] = {"Skip": "${page|int}", "Take": "${size|int}"}
    helpdesk = plain.connector(**own)
    assert any(line.subject == "reference" for line in helpdesk.probe().lines)
    assert helpdesk.ensure(DRAFT).outcome is Outcome.DONE
    assert helpdesk.ensure(DRAFT).outcome is Outcome.ALREADY
    (seen,) = plain.world.tickets()
    assert seen.summary == "Θέμα [KYPEK#kypek:hold:1]"
    assert helpdesk.find(DRAFT.ref)[0].ref == DRAFT.ref


def test_a_reference_that_is_dropped_costs_one_ticket(plain: Served) -> None:
    own = copy.deepcopy(PLAIN)
    del own["operations"]["create"]["arguments"]["Reference"]
    helpdesk = plain.connector(**own)
    for _ in range(3):
        with pytest.raises(StopConnector, match=r"operations\.create\.arguments"):
            helpdesk.ensure(DRAFT)
    (seen,) = plain.world.tickets()
    assert seen.status == 90


def test_without_notes_to_read_none_are_promised(plain: Served) -> None:
    helpdesk = plain.connector(**changed(PLAIN, ticket__notes=""))
    assert Capability.NOTE_REFERENCE not in helpdesk.capabilities()
    ticket = helpdesk.ensure(DRAFT).foreign_id
    assert helpdesk.note(ticket, "kypek:hold:1:1", "σημείωση").outcome is Outcome.DONE
    assert any(line.subject == "notes" for line in helpdesk.probe().lines)


def test_without_an_operation_for_changes_none_are_promised(plain: Served) -> None:
    own = copy.deepcopy(PLAIN)
    del own["operations"]["changes"]
    helpdesk = plain.connector(**own)
    assert Capability.CHANGES not in helpdesk.capabilities()
    with pytest.raises(StopConnector, match=r"operations\.changes"):
        helpdesk.changes("")


def test_a_search_that_gives_only_ids_reads_each(mantis: Served) -> None:
    own = preset("mantisbt")["operations"]
    own["find"] |= {"name": "mc_filter_search_issue_ids", "then_get": True}
    helpdesk = mantis.connector(operations=own)
    ticket = helpdesk.ensure(DRAFT).foreign_id
    assert [one.id for one in helpdesk.find(DRAFT.ref)] == [ticket]


def test_long_lists_are_read_to_the_end(mantis: Served) -> None:
    """H-27: a page past the end repeats the last."""
    helpdesk = mantis.connector()
    cursor = helpdesk.changes("").cursor
    mantis.later()
    for number in range(120):
        mantis.world.add_ticket(f"Αίτημα {number}")
    delta = helpdesk.changes(cursor)
    assert len(delta.changed) == 120
    assert helpdesk.changes(delta.cursor).changed == ()


def test_a_long_subject_gives_way(mantis: Served) -> None:
    helpdesk = mantis.connector()
    ticket = helpdesk.ensure(TicketDraft("kypek:hold:1", "q", "Θέμα " * 60, "Κείμενο")).foreign_id
    assert len(mantis.world.ticket(int(ticket)).summary) == 128


def test_a_user_name_token_is_sent_in_the_header(plain: Served) -> None:
    sent: list[bytes] = []
    inner = plain.running.app.app

    def listening(environ, start_response):
        sent.append(environ["wsgi.input"].read())
        environ["wsgi.input"].seek(0)
        return inner(environ, start_response)

    plain.running.app.app = listening
    with pytest.raises(StopConnector):  # this helpdesk wants basic
        plain.connector(auth="username-token").find("kypek:hold:1")
    assert b"UsernameToken" in sent[-1]


# Words and paths


def test_paths_find_what_is_there_and_nothing_else() -> None:
    issue = {"status": {"id": 10}, "custom_fields": [{"field": {"name": "A"}, "value": "1"}], "empty": []}
    assert read("$", issue) is issue
    assert read("status.id", issue) == 10
    assert read("custom_fields[field.name=A].value", issue) == "1"
    assert read("custom_fields[field.name=B].value", issue) is None
    assert read("custom_fields.value", issue) == "1"
    assert read("empty.value", issue) is None
    assert read("status.id.more", issue) is None


def test_templates_keep_types_and_leave_out_what_is_empty() -> None:
    athens = ZoneInfo("Europe/Athens")
    late = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
    values = Values({"t": {"id": "7", "public": True, "requester": ""}, "since": late}, athens)
    template = {
        "number": "${t.id|int}",
        "text": "αίτημα ${t.id}",
        "state": "${t.public|either:public:private}",
        "who": {"mail": "${t.requester|optional}"},
        "day": ["${since|day}", "${t.requester|optional}"],
        "fixed": -2,
    }
    assert render(template, values) == {
        "number": 7,
        "text": "αίτημα 7",
        "state": "public",
        "day": [16],  # past midnight in Athens
        "fixed": -2,
    }
    with pytest.raises(BadValue):
        render("${t.requester|int}", values)
    with pytest.raises(BadValue):
        render("${t.id|day}", values)


def test_a_subject_gives_way_and_its_reference_never() -> None:
    assert marked("Θέμα  με κενά", "kypek:a") == "Θέμα με κενά [KYPEK#kypek:a]"
    assert marked("Θ" * 100, "kypek:a", 40).endswith("… [KYPEK#kypek:a]")
    assert len(marked("Θ" * 100, "kypek:a", 40)) == 40
    assert fitted("Θέμα", 0) == "Θέμα"


def _context(served: Served) -> ConnectorContext:
    return ConnectorContext("soap", served.clock, served.folder, str)
