"""A login may be somebody's tax or registry number: it works, and is shown to nobody in full (D-4)."""

from __future__ import annotations

import structlog

from kypek_sync.cli.masking import without_numbers
from kypek_sync.contract import is_tax_number, masked, masked_login
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher, seats, sync_once

TAX, REGISTRY = "123456783", "700123"


def test_a_tax_number_is_told_by_its_check_digit() -> None:
    assert is_tax_number(TAX)
    assert not any(is_tax_number(other) for other in ("123456789", "000000000", "12345678", "1234567830", "١٢٣٤٥٦٧٨٣"))


def test_numbers_are_hidden_where_they_stand_alone_and_nothing_else_is() -> None:
    assert masked(f"the login {TAX} is in doubt ({TAX}).") == "the login *******83 is in doubt (*******83)."
    for kept in ("0501659 2101234567 123456789", f"1{TAX}", f"a{TAX}", f"0.{TAX}", "700123 people"):
        assert masked(kept) == kept
    assert [masked_login(one) for one in (TAX, REGISTRY, "0501659", "mpappa")] == [
        *("*******83", "****23", "0501659", "mpappa"),
    ]


def test_a_log_line_has_neither() -> None:
    line = without_numbers(
        structlog.get_logger(), "info", {"event": f"{TAX} left", "login": REGISTRY, "people": 150000}
    )
    assert line == {"event": "*******83 left", "login": "****23", "people": 150000}


def test_such_a_login_has_its_seat_and_is_shown_without_its_digits(centre: Centre, kypek: Terminal) -> None:
    course = centre.course()
    code = centre.seminar(course=centre.address(course))
    centre.people(*TEACHERS, Teacher(TAX), Teacher(REGISTRY))
    for login in (TAX, REGISTRY):
        centre.world.add_user(login, "Όνομα", "Επώνυμο", "x@sch.example")
        centre.apply(login, course)
    sync_once(centre)
    assert seats(centre, code) == {TAX: "granted", REGISTRY: "granted"}
    listed = kypek("directory", "findings", "--code", "login-number")
    assert listed.out.count("*******83") == listed.out.count("****23") == 1
    for words in (
        ("directory", "findings", "--code", "login-number"),
        ("directory", "find", "Όνομα"),
        ("seats", "list", code),
        ("status",),
        ("plan",),
    ):
        said = kypek(*words)
        assert TAX not in said.out + said.err, words
        assert REGISTRY not in said.out + said.err, words
