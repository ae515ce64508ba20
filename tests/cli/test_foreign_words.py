"""What connectors and directories say in English is read in Greek, with the same facts."""

from __future__ import annotations

import ast
import errno
import os
import re
from pathlib import Path

import pytest

import kypek_sync.cli.checking
from kypek_sync.cli.foreign_words import FINDINGS, finding_word, reason_worded, worded
from kypek_sync.cli.subjects import SUBJECTS, subject_word
from kypek_sync.cli.system_words import os_word
from kypek_sync.language import messages, speaker
from kypek_sync.model import system_clock
from kypek_sync.sandbox.start import start
from tests.cli.conftest import Terminal
from tests.cli.test_every_sentence_has_greek import FILES

GREEK, ENGLISH = speaker("el"), speaker("en")
PLACES = re.compile(r"%\((\w+)\)s")
PRODUCTS = {"It is Moodle {}.", "It is BigBlueButton {}.", "It is Request Tracker {}."}
"""Sentences whose product's name is a fact of theirs."""
PUT_TOGETHER = {
    "write the whole address, e.g. {}",  # each with its own example
    "{} answered {} when asked for {}.",
    "{} failed inside ({}) when asked for {}.",
    "Address of its API, with or without a last slash, e.g. https://bbb.sch.gr/bigbluebutton/api",
    "group roles",  # as `Field.label` says `group_roles`
    "{}: ${{}} is not of the form ${name|filter}",
}
"""Sentences that no single text of the source shows."""


def said_by_connectors() -> str:
    """Every text in their source, in the directory's rules and in the passes that quote them, its facts as `{}`."""
    found: list[str] = []
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def test_every_sentence_of_the_catalogue_is_one_that_somebody_says() -> None:
    """Also as the end of a sentence that begins with a fact (`… says that no token arrived.`), or without its stop."""
    said = said_by_connectors()
    known = {PLACES.sub("{}", message) for message in messages("connectors")} - PRODUCTS - PUT_TOGETHER
    known -= {os.strerror(number) for number in errno.errorcode}  # the operating system says these
    assert {words for words in known if words.removeprefix("{} ").removesuffix(".") not in said} == set()


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


@pytest.mark.parametrize(
    ("sentence", "greek"),
    [
        ("The export is of 2026-11-18 09:30.", "18/11/2026 09:30"),
        ("The token's last day is 2026-12-01, in 8 days.", "01/12/2026"),
        ("5 entries, but 60 at the last good read (2026-11-18 09:30 UTC)", "(18/11/2026 11:30)"),
        ("people-2026-11-18.csv changed while it was read.", "people-2026-11-18.csv"),
        ("The export is of 2026-19-45.", "2026-19-45"),
    ],
)
def test_a_day_is_written_as_people_write_it(sentence: str, greek: str) -> None:
    assert greek in worded(sentence, GREEK)
    assert re.search("[α-ω]{3}", worded(sentence, GREEK))
    day = re.search(r"\d{4}-\d\d-\d\d( [\d:]+( UTC)?)?", sentence)
    assert day is not None
    assert day[0] in worded(sentence, ENGLISH)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOSPC, errno.EROFS, errno.EIO])
def test_what_the_operating_system_says_is_greek_too(number: int) -> None:
    error = OSError(number, os.strerror(number))
    assert not re.search("[A-Za-z]", os_word(error, GREEK))
    sentence = worded(f"/srv/people.ldif cannot be read ({error.strerror}).", GREEK)
    assert sentence == f"Το /srv/people.ldif δεν διαβάζεται ({os_word(error, GREEK)})."


def test_an_error_that_nobody_knows_keeps_its_words() -> None:
    assert os_word(OSError("disk on fire"), GREEK) == "disk on fire"
    assert os_word(OSError(), GREEK) == "OSError"


def test_what_a_foreign_server_says_stays_as_it_is() -> None:
    assert worded("Words of a stranger. Nobody knows them.", GREEK) == "Words of a stranger. Nobody knows them."
    assert worded("", GREEK) == ""
    assert finding_word("of-tomorrow", GREEK) == "of-tomorrow"


@pytest.mark.parametrize("code", FINDINGS)
def test_a_finding_has_a_greek_word(code: str) -> None:
    assert re.search("[α-ω]", finding_word(code, GREEK))


def test_reasons_that_follow_each_other_ask_no_question_in_greek() -> None:
    why = "people was read only in part (sentinel entries are missing: anna; 3 of 9 people lost their mail at once)."
    said = worded(why, GREEK)
    assert ";" not in said
    assert "anna· 3 από 9 πρόσωπα έχασαν μαζί" in said
    assert worded(why, ENGLISH) == why


def test_whole_sentences_inside_brackets_are_told_too() -> None:
    """The sentence around them stayed English, since no fact was believed to hold the end of a sentence."""
    said = worded("ldap was read only in part (What was read before stays as it is. Try again later.).", GREEK)
    assert said == "Διαβάστηκε μόνο εν μέρει: ldap (Όσα διαβάστηκαν πριν μένουν όπως είναι. Δοκιμάστε ξανά αργότερα)."


def subjects() -> set[str]:
    """The stable words of every line of `check`, from the source of the connectors and of the command."""
    found: set[str] = set()
    for file in (*FILES, Path(kypek_sync.cli.checking.__file__)):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 2:
                place = {"ProbeLine": 1, "Line": 2}.get(node.func.id)
                word = node.args[place] if place is not None else None
                found |= {word.value} if isinstance(word, ast.Constant) else set()
    return found


def test_what_a_line_of_check_is_about_has_a_greek_word() -> None:
    assert {"address", "clock", "settings", "ledger"} <= subjects()
    assert subjects() - set(SUBJECTS) == set()
    assert [word for word in SUBJECTS if not re.search("[α-ω]", subject_word(word, GREEK))] == []
    assert subject_word("of-tomorrow", GREEK) == "of-tomorrow"


def test_check_of_a_whole_centre_is_greek(tmp_path: Path, alone: Terminal) -> None:
    with start(tmp_path / "box", seed=1, now=system_clock, people=80, units=20, seminars=4) as sandbox:
        alone.settings = sandbox.settings
        lines = alone("check", "--json", language="el").json["lines"]
        shown = alone("check", language="el").out
        alone("directory", "refresh", language="el")
        findings = alone("directory", "findings", language="el").out.splitlines()[1:]
    assert len(lines) > 30
    foreign = [text for line in lines for text in (line["text"], line["next_step"]) if text]
    assert [text for text in foreign if not re.search("[α-ω]", text)] == []
    assert not [text for text in foreign if re.search(r"\d{4}-\d\d-\d\d|\bwith(out)?\b", text)]
    modes = dict(re.findall(r"^([a-z-]+): [a-z]+, (.*)$", shown, re.MULTILINE))
    assert modes["directory"] == "δεν αλλάζει τίποτα σε αυτό: μόνο διαβάζεται"  # no mode makes it write
    assert modes["moodle"] != modes["directory"]
    assert findings
    assert [line for line in findings if line.strip() and not re.search("[α-ω]{3}", line)] == []


def test_a_sentence_that_begins_with_a_number_is_one_of_its_own() -> None:
    """What stood before it was taken for its count, and stayed English in a Greek one."""
    said = worded(
        "directory: people was read only in part (units.csv is not whole, so some schools are not known. "
        "8 rows of the file could not be read, the first at line 2). "
        "What was seen counts; nobody leaves on the strength of it.",
        GREEK,
    )
    assert said.startswith("Διαβάστηκε μόνο εν μέρει: directory: άτομα (Το units.csv δεν είναι ολόκληρο")
    assert "διαβάστηκαν: 8, η πρώτη είναι η γραμμή 2)" in said


def test_a_reason_of_a_change_tells_in_greek_why_a_read_was_not_whole() -> None:
    """The plan of an eClass without lists of members had an English sentence in each of its lines."""
    why = "This eClass shows no list of members: 2 of 2 known people are in TMA101; the registration count says 3"
    said = reason_worded(f"eclass TMA101, ανάγνωση 23/11/2026 17:22: μόνο εν μέρει ({why})", GREEK)
    assert said.startswith("eclass TMA101, ανάγνωση 23/11/2026 17:22: μόνο εν μέρει (Αυτό το eClass δεν δείχνει")
    assert said.endswith("λέει 3)")
    assert reason_worded("ekfe.yaml: γραμμή 2", GREEK) == "ekfe.yaml: γραμμή 2"
