"""Accounts for people whom eClass does not know: only where that is allowed, and only bound to LDAP or CAS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.eclass import EclassCourses
from kypek_sync.contract import Enrolment, Outcome, Receipt
from kypek_sync.model import CourseRole
from tests.connectors.eclass.simulated import Eclass, eclass

MARIA = Enrolment("mpappa", CourseRole.STUDENT, "Μαρία", "Παππά", "mpappa@sch.example")


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, "newer") as running:
        yield running


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Eclass]:
    with eclass(tmp_path, "older") as running:
        yield running


def enrolled(server: Eclass, who: Enrolment = MARIA, **settings: str) -> tuple[Receipt, str]:
    course = server.platform.add_course("Ρομποτική")
    connector: EclassCourses = server.connector(**settings)
    (receipt,) = connector.enrol(course, [who])
    connector.close()
    return receipt, course


@pytest.mark.parametrize("method", ["ldap", "cas"])
def test_an_account_is_made_for_the_school_networks_way_of_signing_in(newer: Eclass, method: str) -> None:
    receipt, course = enrolled(newer, create_accounts=method)
    assert receipt.outcome is Outcome.DONE
    assert newer.platform.members(course) == {"mpappa": CourseRole.STUDENT}
    (made,) = newer.world.users()
    assert (made.username, made.givenname, made.surname, made.email) == (
        "mpappa",
        "Μαρία",
        "Παππά",
        "mpappa@sch.example",
    )
    assert made.auth == method


def test_without_the_setting_nobody_gets_an_account(newer: Eclass) -> None:
    """E-36: they are told to sign in once."""
    receipt, _ = enrolled(newer)
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.unknown
    assert "must sign in" in receipt.detail
    assert newer.world.users() == ()


def test_the_older_api_makes_only_local_accounts_and_is_not_asked(older: Eclass) -> None:
    """E-15: such an account could never sign in by LDAP."""
    receipt, _ = enrolled(older, create_accounts="ldap")
    assert receipt.unknown
    assert older.world.users() == ()


def test_an_eclass_that_was_put_back_meanwhile_makes_no_local_account(newer: Eclass, tmp_path: Path) -> None:
    """E-15: its version had been asked for a little earlier."""
    (tmp_path / "back").mkdir()
    with eclass(tmp_path / "back", "older") as back:
        course = back.platform.add_course("Ρομποτική")
        connector: EclassCourses = newer.connector(create_accounts="ldap")
        connector.capabilities()
        newer.running.app.app = back.running.app.app
        (receipt,) = connector.enrol(course, [MARIA])
        connector.close()
        assert (receipt.outcome, receipt.unknown) == (Outcome.REFUSED, True)
        assert back.world.users() == ()


def test_somebody_without_a_name_or_address_gets_no_account(newer: Eclass) -> None:
    receipt, _ = enrolled(newer, Enrolment("mpappa", CourseRole.STUDENT, "Μαρία", "", ""), create_accounts="ldap")
    assert receipt.unknown
    assert newer.world.users() == ()


def test_a_way_of_signing_in_that_is_not_active_is_refused_in_eclasss_words(newer: Eclass) -> None:
    newer.world.set_auth_methods("eclass", "cas")
    receipt, _ = enrolled(newer, create_accounts="ldap")
    assert receipt.outcome is Outcome.REFUSED
    assert not receipt.unknown
    assert "Invalid authentication method" in receipt.detail


def test_whoever_is_there_already_keeps_their_account(newer: Eclass) -> None:
    newer.world.add_user("mpappa", "Μαρία-Ελένη", "Παππά", "other@sch.example", auth="cas")
    receipt, _ = enrolled(newer, create_accounts="ldap")
    assert receipt.outcome is Outcome.DONE
    (kept,) = newer.world.users()
    assert (kept.givenname, kept.auth) == ("Μαρία-Ελένη", "cas")
