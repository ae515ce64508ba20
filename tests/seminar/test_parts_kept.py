"""A part that leaves the programme stays while it has a course (design, rule 20)."""

from __future__ import annotations

from dataclasses import replace

from kypek_sync.language import speaker
from kypek_sync.model import Part, Seminar
from kypek_sync.seminar.parts_kept import missing_parts, with_kept_parts
from tests.seminar.builders import seminar

CODE = "EKFE-26-01"
A, B = Part("a", "πρωινό", 20), Part("b", "απογευματινό")
BOTH = seminar(CODE, parts=(A, B))
GONE_B = replace(B, missing=True)
WHOLE = seminar(CODE, course_address="https://m.example.gr/1")


def kept(now: Seminar, before: Seminar | None, *courses: str) -> tuple[Part, ...]:
    """The parts in force; once more with the same file they are the same."""
    found = with_kept_parts(now, before, courses)
    assert with_kept_parts(now, found, courses) == found
    return found.parts


def test_a_part_with_a_course_stays_and_one_without_goes() -> None:
    only = seminar(CODE, parts=(A,))
    assert kept(only, BOTH, CODE + "/a", CODE + "/b") == (A, GONE_B)
    assert kept(only, BOTH, CODE + "/a") == (A,)


def test_parts_in_another_order_are_the_same_parts() -> None:
    assert kept(seminar(CODE, parts=(B, A)), BOTH, CODE + "/a", CODE + "/b") == (B, A)


def test_a_part_that_comes_back_is_missing_no_more() -> None:
    without = with_kept_parts(seminar(CODE, parts=(A,)), BOTH, [CODE + "/b"])
    assert kept(BOTH, without, CODE + "/b") == (A, B)


def test_the_course_of_a_seminar_that_gets_parts_stays_beside_them() -> None:
    assert kept(BOTH, WHOLE, CODE) == (A, B, Part("", "", None, "https://m.example.gr/1", missing=True))
    assert kept(BOTH, WHOLE) == (A, B)  # nobody can be in a course that was never made


def test_a_part_that_is_said_to_be_that_course_has_it_and_adopts_it_still() -> None:
    original = Part("", "πρωινό", 20)
    adopted = replace(original, course_address="https://m.example.gr/1")
    assert kept(seminar(CODE, parts=(original, B)), WHOLE, CODE) == (adopted, B)


def test_a_seminar_whose_parts_all_leave_keeps_them() -> None:
    gone = tuple(replace(part, missing=True) for part in (A, B))
    assert kept(seminar(CODE), BOTH, CODE + "/a", CODE + "/b") == gone
    assert kept(seminar(CODE), BOTH) == ()


def test_a_seminar_without_parts_is_as_it_was() -> None:
    assert with_kept_parts(seminar(CODE), WHOLE, [CODE]) == seminar(CODE)
    assert with_kept_parts(BOTH, None, [CODE]) == BOTH


def test_each_is_told_with_what_to_write() -> None:
    those = [replace(BOTH, parts=(A, GONE_B)), replace(BOTH, parts=(A, Part("", "", missing=True)))]
    assert missing_parts(those, speaker("el")) == [
        f"Το πρόγραμμα δεν αναφέρει πια το τμήμα «απογευματινό» του {CODE}: μένει όπως είναι. Αν μετονομάστηκε, γράψτε "
        "τον κωδικό του δίπλα στο νέο όνομα: «… [b]».",
        f"Το {CODE} είχε μάθημα πριν χωριστεί σε τμήματα: το μάθημα μένει όπως είναι, με όσους είναι μέσα. Αν είναι "
        "πια το μάθημα ενός από τα τμήματα, γράψτε «[αρχικό]» δίπλα στο όνομα εκείνου του τμήματος.",
    ]
