"""A programme that cannot be read is told in the language of the installation, with its line."""

from __future__ import annotations

import pytest

from tests.sync.centre import Centre, sync_once


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        ("σεμινάρια:\n  - τίτλος: Ήχος: και φως\n", 2, "δεύτερη άνω και κάτω τελεία στη γραμμή"),
        ("σεμινάρια:\n  - τίτλος: Ήχος\n  θέσεις\n", 4, "εσοχή"),
        ('σεμινάρια:\n  - τίτλος: "Ήχος\n', 3, "εισαγωγικά"),
        ("σεμινάρια: [Ήχος\n", 2, "αγκύλη"),
    ],
)
def test_a_mistake_in_yaml_is_told_in_greek(centre: Centre, content: str, line: int, why: str) -> None:
    """The pass said it in English, and the words of the engine stayed so wherever it was said."""
    (centre.folder / "ekfe.yaml").write_text(content, encoding="utf-8")
    (told,) = (one for one in sync_once(centre)["seats"].problems if "YAML" in one)
    assert told.startswith(f"ekfe.yaml, γραμμή {line}: δεν είναι σωστό YAML (")
    assert why in told
