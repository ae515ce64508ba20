"""Our reference on a course: a marker in the title, a public code of at most 20 characters, a line of description."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.eclass import reference

CODES = st.text("ΑΒΓABC0123456789-", min_size=1, max_size=60)
REFS = st.builds(lambda kypek, code: f"kypek:{kypek}:{code}", st.sampled_from(["a", "att-a", "thess-v"]), CODES)
LINES = st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=40)
TEXTS = st.lists(LINES, max_size=4).map("\n\n".join)


def test_a_marker_is_short_and_readable() -> None:
    assert reference.titled("  Πειράματα   φυσικής ", "kypek:att-a:EKFE-27-03") == "Πειράματα φυσικής [EKFE-27-03]"


def test_a_marker_is_not_written_twice() -> None:
    once = reference.titled("Πειράματα", "kypek:att-a:EKFE-27-03")
    assert reference.titled(once, "kypek:att-a:EKFE-27-03") == once


def test_a_short_reference_is_its_own_public_code() -> None:
    assert reference.public_code("kypek:att-a:EKFE-03") == "kypek:att-a:EKFE-03"


def test_a_long_reference_keeps_its_readable_end_and_tells_centres_apart() -> None:
    one, two = (reference.public_code(f"kypek:{kypek}:EKFE-27-03") for kypek in ("att-a", "att-b"))
    assert one.startswith("EKFE-27-03~")
    assert one != two


@settings(deadline=None)
@given(REFS, st.text(max_size=600))
def test_a_title_never_outgrows_its_column_nor_loses_its_marker(ref: str, title: str) -> None:
    """E-34"""
    made = reference.titled(title, ref)
    assert made.endswith(reference.marker(ref))
    assert len(made) <= reference.TITLE_LENGTH


@settings(deadline=None)
@given(REFS, TEXTS)
def test_the_reference_and_the_text_come_back_from_the_course(ref: str, text: str) -> None:
    public = reference.public_code(ref)
    assert len(public) <= reference.PUBLIC_CODE_LENGTH
    assert reference.read(public, reference.described(text, ref)) == (ref, text)


def test_addresses_become_links_and_the_rest_is_plain() -> None:
    made = reference.described("<b>Πού;</b> στο https://kypek.att-a.sch.gr/s/X.\nΣτις 5.", "kypek:att-a:X")
    assert made == (
        '<p>&lt;b&gt;Πού;&lt;/b&gt; στο <a href="https://kypek.att-a.sch.gr/s/X">https://kypek.att-a.sch.gr/s/X</a>.'
        "<br>Στις 5.</p><p>kypek:att-a:X</p>"
    )


def test_a_course_of_others_carries_no_reference() -> None:
    assert reference.read("ΦΥΣ-101", "<p>Καλώς ήρθατε</p>") == ("", "Καλώς ήρθατε")
    assert reference.read("", "") == ("", "")


def test_a_reference_copied_into_another_course_is_not_believed() -> None:
    assert reference.read("ΦΥΣ-101", reference.described("Κείμενο", "kypek:att-a:EKFE-27-03"))[0] == ""
