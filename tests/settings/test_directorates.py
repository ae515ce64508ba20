"""Centres are keyed by the numbers of their directorates, found by label (D-14)."""

from __future__ import annotations

import pytest

from kypek_sync.settings import Directorate, KypekEntry, directorates, directorates_of, labels


def test_every_label_has_one_directorate_of_each_level() -> None:
    assert len(labels()) == 58
    assert len(directorates()) == 116
    for label in labels():
        levels = sorted(d.level for d in directorates().values() if d.label == label)
        assert levels == ["ΔΕ", "ΠΕ"]


def test_a_centre_has_the_pair_of_its_id() -> None:
    assert directorates_of("att-a", KypekEntry(name="Α΄")) == (
        Directorate("att-a", "ΑΘΗΝΑΣ Α΄", "ΠΕ", 117, "9905101"),
        Directorate("att-a", "ΑΘΗΝΑΣ Α΄", "ΔΕ", 133, "0500105"),
    )


def test_a_label_comes_before_the_id_and_numbers_before_the_label() -> None:
    assert [d.label for d in directorates_of("centre", KypekEntry(name="Ζ", label="zak"))] == ["zak", "zak"]
    mixed = directorates_of("att-a", KypekEntry(name="Α΄", label="att-a", directorates=(133, 118)))
    assert [(d.label, d.level) for d in mixed] == [("att-a", "ΔΕ"), ("att-d", "ΠΕ")]


@pytest.mark.parametrize("label", ["att", "thess"])
def test_the_ambiguous_labels_of_dns_are_none_of_ours(label: str) -> None:
    assert directorates_of(label, KypekEntry(name="-")) == ()
