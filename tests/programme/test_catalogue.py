"""Nothing that an officer reads is left in English."""

from __future__ import annotations

import ast
import re
from importlib.resources import files
from pathlib import Path

from babel.messages.pofile import read_po

import kypek_sync.programme
from kypek_sync.language import missing
from kypek_sync.programme.explanations import EXPLANATIONS, GUIDE
from kypek_sync.programme.headings import Field
from kypek_sync.programme.wording import WORDING
from kypek_sync.programme.yaml_programme import PLAINLY

SPOKEN = {"text", "ProgrammeUnreadable"}


def sentences() -> set[str]:
    """Every message id of this part: the tables of words, and those spoken in place."""
    found = {w.message for w in WORDING.values()} | {w.near for w in WORDING.values() if w.near}
    found |= set(EXPLANATIONS.values()) | set(GUIDE) | set(PLAINLY.values())
    found |= {"Error", "Warning", "Level", "Sheet", "Cell", "Column", "Seminar", "What to do"}
    for module in Path(kypek_sync.programme.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("%(file)s"):
                found.add(node.value)
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in SPOKEN and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def test_every_sentence_has_its_greek():
    assert missing("el", sentences()) == set()


def test_the_greek_has_the_same_places_and_nothing_is_left_over():
    with (files("kypek_sync") / "locale/el/programme.po").open("rb") as source:
        messages = [m for m in read_po(source, locale="el") if m.id]
    for message in messages:
        places = r"%\(\w+\)s"
        assert sorted(re.findall(places, str(message.id))) == sorted(re.findall(places, str(message.string)))
    assert {str(m.id) for m in messages} == sentences()


def test_every_column_is_explained():
    assert EXPLANATIONS.keys() == set(Field) - {Field.COUNTER}
