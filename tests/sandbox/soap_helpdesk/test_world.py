"""What people at the SOAP helpdesk do, and the corners of searching and updating."""

from __future__ import annotations

import pytest

from kypek_sync.sandbox.soap_helpdesk import World

WHO = "<username>kypek</username><password>s3cret</password>"


def call(desk, operation: str, body: str = "") -> str:
    namespace = "http://futureware.biz/mantisconnect"
    return desk.post(f'<m:{operation} xmlns:m="{namespace}">{WHO}{body}</m:{operation}>').text


def found(desk, given: str, page: int = 1, size: int = 50) -> list[int]:
    pages = f"<page_number>{page}</page_number><per_page>{size}</per_page>"
    text = call(desk, "mc_filter_search_issue_ids", f"<filter>{given}</filter>{pages}")
    return [int(part.partition("<")[0]) for part in text.split('xsi:type="xsd:integer">')[1:]]


@pytest.fixture
def filled(mantis):
    for number, login in enumerate(("anna", "vasilis", "anna"), start=1):
        mantis.later(1)
        mantis.world.add_ticket(f"Αίτημα {number}", login=login)
    mantis.world.set_status_by_human(2, 80, "anna")
    return mantis


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ("", [3, 2, 1]),
        ("<status_id><item>80</item></status_id>", [2]),
        ("<reporter_id><item>3</item></reporter_id>", [3, 1]),
        ("<project_id><item>77</item></project_id>", []),
        ("<category><item>General</item></category>", [3, 2, 1]),
        ("<category><item>Σεμινάρια</item></category>", []),
        ("<search>Αίτημα 3</search>", [3]),
        ("<sort>id</sort><sort_direction>ASC</sort_direction>", [1, 2, 3]),
        ("<start_year>2027</start_year><start_month>1</start_month><start_day>16</start_day>", []),
        ("<end_year>2027</end_year><end_month>1</end_month><end_day>15</end_day>", [3, 2, 1]),
        (
            "<custom_fields><item><field><name>NoSuch</name></field><value><item>1</item></value></item></custom_fields>",
            [],
        ),
    ],
)
def test_a_filter_finds_what_it_says(filled, given, numbers):
    assert found(filled, given) == numbers


def test_no_page_size_means_all(filled):
    assert found(filled, "", page=1, size=-1) == [3, 2, 1]


def test_what_people_do_is_seen(mantis):
    number = mantis.world.add_ticket("Αίτημα")
    mantis.later(10)
    mantis.world.reply_by_human(number, "Το κοιτάμε", "officer", internal=True)
    mantis.world.set_summary_by_human(number, "Αίτημα (νέο)", "officer")
    seen = mantis.world.ticket(number)
    assert (seen.summary, seen.notes[0].author, seen.notes[0].internal) == ("Αίτημα (νέο)", "officer", True)
    assert seen.updated == mantis.now
    assert "Το κοιτάμε" in call(mantis, "mc_issue_get", f"<issue_id>{number}</issue_id>")
    mantis.world.delete(number)
    assert "Issue #1 not found" in call(mantis, "mc_issue_get", "<issue_id>1</issue_id>")
    with pytest.raises(LookupError):
        mantis.world.ticket(number)


def test_projects_categories_fields_and_people_can_be_added(mantis):
    project = mantis.world.add_project("KYPEK-PIR", "Γενικά")
    mantis.world.add_category("ΤΠΕ")
    mantis.world.add_custom_field("KypekSeminar")
    user = mantis.world.add_user("sofia", "sofia@sch.example", "Σοφία")
    assert "KYPEK-PIR" in call(mantis, "mc_projects_get_user_accessible")
    assert "Γενικά" in call(mantis, "mc_project_get_categories", f"<project_id>{project}</project_id>")
    assert "ΤΠΕ" in call(mantis, "mc_project_get_categories", "<project_id>1</project_id>")
    issue = (
        "<issue><project><name>KYPEK-PIR</name></project><category>Γενικά</category><summary>s</summary>"
        "<description>d</description><reporter><email>sofia@sch.example</email></reporter><status><id>50</id></status>"
        "<custom_fields><item><field><id>2</id></field><value>ΣΕΜ-1</value></item></custom_fields></issue>"
    )
    call(mantis, "mc_issue_add", issue)
    (seen,) = World(mantis.state).tickets()
    assert (seen.project, seen.reporter, seen.status, seen.fields) == ("KYPEK-PIR", user, 50, {"KypekSeminar": "ΣΕΜ-1"})


@pytest.mark.parametrize(
    ("operation", "body", "fault"),
    [
        ("mc_issue_update", "<issueId>9</issueId><issue/>", "Issue &#039;9&#039; does not exist."),
        ("mc_project_get_categories", "<project_id>9</project_id>", "Project &#039;9&#039; does not exist."),
        ("mc_project_get_issue_headers", "<project_id>9</project_id>", "Project &#039;9&#039; does not exist."),
        ("mc_issue_attachment_add", "<issue_id>1</issue_id><content>a</content>", "Invalid attachment content."),
        (
            "mc_issue_add",
            "<issue><project><id>1</id></project><category>Άλλη</category><summary>s</summary></issue>",
            "Category &#039;Άλλη&#039; not found.",
        ),
        (
            "mc_issue_add",
            "<issue><project><id>1</id></project><category>General</category><summary>s</summary>"
            "<description>d</description><custom_fields><item>x</item></custom_fields></issue>",
            "Invalid Custom field specification",
        ),
    ],
)
def test_faults_name_what_is_wrong(mantis, operation, body, fault):
    mantis.world.add_ticket("Αίτημα")
    assert fault in call(mantis, operation, body)


def test_the_same_file_name_twice_is_a_fault(mantis):
    mantis.world.add_ticket("Αίτημα")
    body = "<issue_id>1</issue_id><name>α.txt</name><file_type>text/plain</file_type><content>eA==</content>"
    assert "Fault" not in call(mantis, "mc_issue_attachment_add", body)
    assert "Duplicate filename." in call(mantis, "mc_issue_attachment_add", body)
    assert mantis.world.ticket(1).files == ("α.txt",)


def test_an_update_may_move_hand_over_and_set_fields(mantis):
    mantis.world.add_ticket("Αίτημα")
    mantis.world.add_project("KYPEK-PIR", "Γενικά")
    issue = (
        "<issue><project><name>KYPEK-PIR</name></project><category>Γενικά</category><summary>s</summary>"
        "<description>d</description><handler><name>kypek</name></handler><custom_fields><item><field>"
        "<name>KypekRef</name></field><value>r</value></item></custom_fields></issue>"
    )
    assert "true" in call(mantis, "mc_issue_update", f"<issueId>1</issueId>{issue}")
    seen = mantis.world.ticket(1)
    assert (seen.project, seen.category, seen.fields) == ("KYPEK-PIR", "Γενικά", {"KypekRef": "r"})
    assert "<handler" in call(mantis, "mc_issue_get", "<issue_id>1</issue_id>")


def test_without_wsdl_there_is_a_page_for_people(mantis):
    assert "Helpdesk" in mantis.session.get(mantis.address, timeout=5).text
    assert mantis.session.put(mantis.address, timeout=5).status_code == 405
