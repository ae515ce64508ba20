"""A login may be somebody's tax number, or look like a registry number: what is shown of it to whom (D-4; the rule is
that of `kypek_sync.contract.personal_numbers`)."""

from __future__ import annotations

import os
import re

import pytest
import structlog

from kypek_sync.cli.masking import without_numbers
from kypek_sync.contract import is_tax_number, masked, masked_login, masked_name, masked_of
from kypek_sync.language import speaker
from kypek_sync.notices.by_hand import WEEKLY, by_hand_words
from kypek_sync.notices.wording import Words, redirected
from kypek_sync.seminar.by_hand import Kind
from kypek_sync.seminar.by_hand_words import Undone, platform_cases
from kypek_sync.seminar.cases import Refusal, Stopped, Stranger, cases
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher, seats

TAX, REGISTRY = "123456783", "700123"


def test_a_tax_number_is_told_by_its_check_digit() -> None:
    assert is_tax_number(TAX)
    assert not any(is_tax_number(other) for other in ("123456789", "000000000", "12345678", "1234567830", "١٢٣٤٥٦٧٨٣"))


def test_numbers_are_hidden_where_they_stand_alone_and_nothing_else_is() -> None:
    assert masked(f"the login {TAX} is in doubt ({TAX}).") == "the login *******83 is in doubt (*******83)."
    for kept in ("0501659 2101234567 123456789", f"1{TAX}", f"{TAX}1", "700123 people"):
        assert masked(kept) == kept


@pytest.mark.parametrize(
    "said", ["a,{}", "x.{}", "afm-{}", "EL{}", "user_{}", "{}-1", "{}_2", "{}a", "α{}", "1.{}", "abc{}", "uid={},ou=x"]
)
def test_a_tax_number_is_hidden_whatever_stands_beside_it(said: str) -> None:
    assert masked(said.format(TAX)) == said.format("*******83")


def test_a_hash_is_shown_as_it_is() -> None:
    """Somebody may compare the head of a journal with one that was written out."""
    for one in (f"9def28{'a'}{TAX}f4aac30e82ea", f"0e{TAX}af"):
        assert masked(f"Head: {one}") == f"Head: {one}"


def test_what_people_are_called_is_without_either_number() -> None:
    assert masked_name(f"Όνομα {REGISTRY}, {TAX}@sch.example") == "Όνομα ****23, *******83@sch.example"
    assert (
        masked_of(f"{REGISTRY} of 700124: user{REGISTRY} unknown", REGISTRY) == "****23 of 700124: user****23 unknown"
    )
    assert masked_of("mpappa of 700124", "mpappa") == "mpappa of 700124"


def test_a_letter_for_somebody_that_goes_to_another_is_without_their_numbers() -> None:
    for login, shown in ((TAX, "*******83"), (REGISTRY, "****23")):
        said = redirected(Words(f"For {login}", f"Dear Όνομα {login}"), login, speaker("en"))
        assert login not in said.subject + said.body
        assert said.subject == f"[for {shown}] For {shown}"
        assert f"meant for {shown}," in said.body
    _, paragraphs = by_hand_words(WEEKLY, {"count": "1", "tasks": f"Let {TAX} in"}, speaker("en"))
    assert "Let *******83 in" in paragraphs


def test_no_ticket_has_either_number() -> None:
    text = speaker("en")
    undone = [Undone("eclass", Kind.LEAVE_GROUP.value, "S", one, f"Όνομα {one}", "http://x") for one in (TAX, REGISTRY)]
    refused = [Refusal("moodle", "S", "enrol", one, f"user {one} is unknown") for one in (TAX, REGISTRY)]
    strangers = [Stranger(one, one, "S", "moodle") for one in (TAX, REGISTRY)]
    stopped = [Stopped("moodle", f"{TAX} may not sign in")]
    made = [*platform_cases("k", undone, text), *cases("k", strangers, refused, (), text, stopped)]
    assert len(made) == 4
    for one in made:
        assert TAX not in one.body
        assert REGISTRY not in one.body
        assert "*******83" in one.body
        assert one.kind == "connector-stopped" or "****23" in one.body
    assert [masked_login(one) for one in (TAX, REGISTRY, "0501659", "mpappa")] == [
        *("*******83", "****23", "0501659", "mpappa"),
    ]


def test_a_log_line_has_neither() -> None:
    line = without_numbers(
        structlog.get_logger(), "info", {"event": f"{TAX} left", "login": REGISTRY, "people": 150000}
    )
    assert line == {"event": "*******83 left", "login": "****23", "people": 150000}


def applied(centre: Centre, *logins: str) -> str:
    """A seminar in which people of these logins applied."""
    course = centre.course()
    for login in logins:
        centre.world.add_user(login, "Όνομα", "Επώνυμο", "x@sch.example")
        centre.apply(login, course)
    return centre.seminar(course=centre.address(course))


LISTS = (
    ("directory", "findings", "--code", "login-number"),
    ("directory", "find", "Όνομα"),
    ("status",),
    ("plan",),
    ("journal", "list"),
    ("todos", "list"),
    ("tickets", "list"),
    ("runs", "show", "2"),
)


def test_a_login_that_is_a_tax_number_has_its_seat_and_is_shown_without_its_digits(
    centre: Centre, kypek: Terminal
) -> None:
    code = applied(centre, TAX)
    centre.people(*TEACHERS, Teacher(TAX))
    planned = kypek("plan")
    done = kypek("sync")
    for said in (planned, done):
        assert "*******83" in said.out
        assert TAX not in re.findall(r"\d+", said.out + said.err)
    assert seats(centre, code) == {TAX: "granted"}
    assert kypek("directory", "findings", "--code", "login-number").out.count("*******83") == 1
    for words in (*LISTS, ("seats", "list", code), ("explain", TAX), ("directory", "person", TAX)):
        said = kypek(*words)
        assert TAX not in said.out + said.err, words


def test_six_digits_that_the_directory_has_as_a_login_are_named_in_lists_and_sentences(
    centre: Centre, kypek: Terminal
) -> None:
    """Tables hid them, and what stood beside these did not."""
    code = applied(centre, REGISTRY)
    centre.people(*TEACHERS, Teacher(REGISTRY))
    for words in (
        *(("plan",), ("sync",), ("explain", REGISTRY), ("directory", "person", REGISTRY)),
        *(("directory", "find", "Όνομα"), ("seats", "list", code), ("journal", "list"), ("runs", "show", "3")),
    ):
        said = kypek(*words).out
        assert REGISTRY in said, words
        assert "****23" not in said, words


def test_six_digits_that_are_nobody_s_login_are_a_number_everywhere(centre: Centre, kypek: Terminal) -> None:
    """Somebody applied who is not in the directory."""
    code = applied(centre, REGISTRY)
    assert "****23" in kypek("explain", REGISTRY).err
    kypek("sync")
    assert "****23" in kypek("seats", "list", code).out
    assert "****23" in kypek("explain", REGISTRY).out
    for words in (
        *(("plan",), ("sync",), ("status",), ("journal", "list"), ("runs", "show", "2"), ("tickets", "list")),
        *(("seats", "list", code), ("explain", REGISTRY), ("directory", "person", REGISTRY)),
        *(("person", "export", REGISTRY, "-o", centre.folder / "p.json"), ("directory", "confirm", REGISTRY, "--same")),
    ):
        said = kypek(*words)
        assert REGISTRY not in said.out + said.err, words


def test_a_login_that_is_somebody_s_registry_number_too_is_shortened_on_the_screen(
    centre: Centre, kypek: Terminal
) -> None:
    """Six digits that are a login alone are named, since people sign in with them (design, rule 16)."""
    centre.people(*TEACHERS, Teacher("700201"), Teacher("700202"))
    export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    whole = re.sub(r"(?m)^employeeNumber: .*\n", "", export.read_text("utf-8"))
    for login, number in (("700201", "700201"), ("700202", "700203")):
        whole = whole.replace(f"uid: {login}\n", f"uid: {login}\nemployeeNumber: {number}\n")
    assert whole.count("employeeNumber") == 2
    export.write_text(whole, "utf-8")
    os.utime(export, (drawn, drawn))
    assert kypek("directory", "refresh").code == 0
    said = kypek("directory", "person", "700201").out
    assert "700201" not in said
    assert "****01" in said
    found = kypek("directory", "find", "Όνομα").out
    assert "****01" in found
    assert "700202" in found
    assert "(700202)" in kypek("directory", "person", "700202").out
