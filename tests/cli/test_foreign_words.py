"""What connectors and directories say in English is read in Greek, with the same facts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import connectors
import kypek_sync
from kypek_sync.cli.foreign_words import FINDINGS, finding_word, worded
from kypek_sync.language import messages, speaker
from kypek_sync.model import system_clock
from kypek_sync.sandbox.start import start
from tests.cli.conftest import Terminal

GREEK, ENGLISH = speaker("el"), speaker("en")
PLACES = re.compile(r"%\((\w+)\)s")
ENDS = re.compile(r"(?<=[.;:}])\s+(?=[A-Z0-9`{])|(?<=\.)(?=\{)")
PRODUCTS = {"It is Moodle {}.", "It is BigBlueButton {}.", "It is Request Tracker {}."}
"""Sentences whose product's name is a fact of theirs."""


def said_by_connectors() -> set[str]:
    """Every sentence in their source, in the directory's rules and in the passes that quote them, its facts as `{}`."""
    own = Path(kypek_sync.__file__).parent
    files = [*Path(next(iter(connectors.__path__))).glob("*/*.py"), *(own / "contract").glob("*.py")]
    found: set[str] = set()
    ledger = (own / "ledger" / name for name in ("reads.py", "journal_heads.py"))
    passes = (own / "sync" / name for name in ("courses/calls.py", "directory/lane.py", "rooms_lane.py"))
    for file in (*files, own / "ledger" / "matching.py", *ledger, *passes):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values]
                found |= {"".join(parts), *ENDS.split("".join(parts))}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value, *ENDS.split(node.value)}
    return found


def test_every_sentence_of_the_catalogue_is_one_that_somebody_says() -> None:
    known = {PLACES.sub("{}", message) for message in messages("connectors")}
    assert known - said_by_connectors() - PRODUCTS == set()


@pytest.mark.parametrize("message", messages("connectors"))
def test_a_sentence_is_recognised_and_keeps_its_facts(message: str) -> None:
    facts = {name: f"<{number}>" for number, name in enumerate(PLACES.findall(message))}
    sentence = message % facts if facts else message
    greek = worded(sentence, GREEK)
    assert greek == GREEK(message, **facts)
    assert re.search("[α-ω]", greek)
    assert all(fact in greek for fact in facts.values())
    assert worded(sentence, ENGLISH) == sentence


def test_sentences_that_follow_each_other_are_told_each_and_facts_are_told_too() -> None:
    assert worded("https://x.example/api could not be read (no answer in time). Try again later.", GREEK) == (
        "Το https://x.example/api δεν μπόρεσε να διαβαστεί (δεν απάντησε εγκαίρως). Δοκιμάστε ξανά αργότερα."
    )


def test_a_sentence_with_a_semicolon_is_known_behind_words_that_are_not() -> None:
    """Behind a server's own words the advice stayed English, because it was cut at its semicolon."""
    advice = "Check the address, the network and the certificate; nothing was changed there."
    said = worded(f"A server's own words. {advice}", GREEK)
    assert said.startswith("A server's own words. Ελέγξτε τη διεύθυνση")
    assert "nothing" not in said


def test_what_a_foreign_server_says_stays_as_it_is() -> None:
    assert worded("Words of a stranger. Nobody knows them.", GREEK) == "Words of a stranger. Nobody knows them."
    assert worded("", GREEK) == ""
    assert finding_word("of-tomorrow", GREEK) == "of-tomorrow"


@pytest.mark.parametrize("code", FINDINGS)
def test_a_finding_has_a_greek_word(code: str) -> None:
    assert re.search("[α-ω]", finding_word(code, GREEK))


def test_check_of_a_whole_centre_is_greek(tmp_path: Path, alone: Terminal) -> None:
    with start(tmp_path / "box", seed=1, now=system_clock, people=80, units=20, seminars=4) as sandbox:
        alone.settings = sandbox.settings
        lines = alone("check", "--json", language="el").json["lines"]
        alone("directory", "refresh", language="el")
        findings = alone("directory", "findings", language="el").out.splitlines()[1:]
    assert len(lines) > 30
    foreign = [text for line in lines for text in (line["text"], line["next_step"]) if text]
    assert [text for text in foreign if not re.search("[α-ω]", text)] == []
    assert findings
    assert [line for line in findings if not re.search("[α-ω]{3}", line)] == []
