"""What somebody who is signed in is to us."""

from __future__ import annotations

import pytest

from kypek_sync.web.roles import PageRole, Visitor, visitor
from tests.sync.centre import TEACHERS, Centre, sync_once


@pytest.fixture
def staffed(centre: Centre) -> Centre:
    """Two teachers look after the whole centre: one decides, one only reads."""
    centre.services = {"administrators": "[teacher7]", "auditors": "[teacher8]"}
    centre.settings()
    centre.seminar()
    sync_once(centre)
    return centre


def who(centre: Centre, login: str) -> Visitor:
    """The person behind a login."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return visitor(connection, inst, "att-a", login)


@pytest.mark.parametrize(
    ("login", "roles"),
    [
        ("teacher1", set()),
        ("trainer1", {PageRole.TRAINER}),
        ("officer1", {PageRole.OFFICER}),
        ("teacher7", {PageRole.ADMINISTRATOR}),
        ("teacher8", {PageRole.AUDITOR}),
    ],
)
def test_roles_come_from_settings_and_programmes(staffed: Centre, login: str, roles: set[PageRole]) -> None:
    one = who(staffed, login)
    assert one.roles == roles | {PageRole.TEACHER}
    assert one.name == f"Όνομα {login.capitalize()}"


def test_one_person_may_be_several_things(staffed: Centre) -> None:
    staffed.services = {"administrators": "[Officer1]", "auditors": "[trainer1]"}
    staffed.settings()
    assert who(staffed, "officer1").roles == {PageRole.TEACHER, PageRole.OFFICER, PageRole.ADMINISTRATOR}
    assert who(staffed, "trainer1").roles == {PageRole.TEACHER, PageRole.TRAINER, PageRole.AUDITOR}


def test_a_trainer_who_teaches_no_more_is_none(staffed: Centre) -> None:
    staffed.seminar("EKFE-26-01", status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(staffed)
    assert PageRole.TRAINER in who(staffed, "trainer1").roles  # people may still ask them
    file = staffed.folder / "ekfe.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("trainer1", "teacher2"), encoding="utf-8")
    sync_once(staffed)
    assert PageRole.TRAINER not in who(staffed, "trainer1").roles


def test_somebody_unknown_to_the_directory_is_called_by_the_login(staffed: Centre) -> None:
    one = who(staffed, "substitute")
    assert one.person is None
    assert one.name == "substitute"
    assert one.roles == {PageRole.TEACHER}


def test_somebody_who_has_gone_is_no_longer_known(staffed: Centre) -> None:
    for _ in range(3):
        staffed.clock.turn(days=5)
        staffed.people(*(t for t in TEACHERS if t.login != "officer1"))
        sync_once(staffed, "directory")
    assert who(staffed, "officer1").person is None
    assert who(staffed, "teacher1").person is not None


def test_without_a_directory_everybody_is_called_by_the_login(staffed: Centre) -> None:
    text = (staffed.folder / "kypek.yaml").read_text(encoding="utf-8").replace("    directory: directory\n", "")
    (staffed.folder / "kypek.yaml").write_text(text, encoding="utf-8")
    assert who(staffed, "teacher1").name == "teacher1"
