"""Whatever a connector, a directory's rules or a pass can say to an administrator has Greek.

Its sentences are taken from the source: every text of two words or more, with `{}` for its facts, that is no docstring,
no log message and no description of a setting. Who adds one writes its Greek into `locale/el/connectors_<folder>.po`
(places as `%(name)s`), or, if nobody but a developer reads it, a line with the reason into `EXEMPT`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import connectors
import kypek_sync
from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import ConnectorSpec
from kypek_sync.language import missing
from kypek_sync.plugins.discovery import specs

ROOT = Path(kypek_sync.__file__).parents[1]
OURS = Path(kypek_sync.__file__).parent
FILES = (
    *sorted(Path(next(iter(connectors.__path__))).glob("*/*.py")),
    *sorted((OURS / "contract").glob("*.py")),
    *sorted((OURS / "sync").rglob("*.py")),
    OURS / "seminar" / "serving.py",
    *(
        OURS / "ledger" / name
        for name in (
            "reads.py",
            "matching.py",
            "journal_heads.py",
            "without_numbers.py",
            "without_groups.py",
            "entry_findings.py",
        )
    ),
)
LOGS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "bind"})
FACT = "7{}7"
"""Stands for a fact: it may begin a sentence, as a real one may, and has no letters."""

WIRE = "what goes over the wire, or is looked for there"
LIBRARY = "what a library says, by which we know it"
PROOF = "a proof that a read was whole: kept beside it, shown to nobody"
NAME = "a product's name"
CODE = "a mistake of our own code: only a developer can do something about it"
PARTS = "is put together from parts that have Greek, each with all its words"
STORED = "a mark in the ledger: never said"
LOG = "goes into the log alone"

EXEMPT = {
    "nested too deeply": "who reads the answer says that it is no JSON",
    "recognised here by their keys": "how a note is recognised whose whole sentence has Greek",
    **dict.fromkeys(
        (
            *("certificate has expired", "certificate is not yet valid", "issuer certificate", "doesn't match"),
            *("self-signed certificate", "self signed certificate", "hostname mismatch", "ip address mismatch"),
        ),
        LIBRARY,
    ),
    **dict.fromkeys(
        (
            "{} {} when asked for {}.",
            "failed inside ({})",
        ),
        PARTS,
    ),
    **dict.fromkeys(
        (
            "end of pages, {} rooms asked for",
            "the course answered",
            "registration count {}",
            "{} LTI accounts left out",
            "result 0 on the last page",
            "{} entries in {} pages",
            "export of {}",
            "result 0 of the search",
            "empty by two calls, course and canary seen",
            "the same list in the other order",
            "Moodle counts {} members",
            "end of pages",
            "digest of entries",
            "digest of records",
            "the counts of {} pages add up to the total of {}",
            "the total of {}",
            "the database's own count {}",
        ),
        PROOF,
    ),
    **dict.fromkeys(
        (
            "Open eClass",
            "Request Tracker",
            "BigBlueButton {}, API {}",
        ),
        NAME,
    ),
    "EEE d MMM": "how a day is written in every language, which babel does",
    **dict.fromkeys(
        (
            "the command `departments` belongs to the connector eclass",
            "the command `grants` belongs to the connector eclass",
            "the command `sessions` belongs to the connector eclass",
            "this command belongs to the connector moodle",
            "a name is empty or holds quotes",
            "the command `explore` belongs to the connector soap_helpdesk",
            "{} with {} variables",
            "{}: an empty list",
            "{}: list of {}",
        ),
        CODE,
    ),
    **dict.fromkeys(
        (
            "Course Code is empty!",
            *("max_statement_time = {}", "max_execution_time = {}", "GRANT OPTION"),
            *("REQUIRE SSL ", "WITH MAX_USER_CONNECTIONS 4", "GRANT SELECT ({}) ON `{}`.`{}` TO {}"),
            "kypek-sync … sessions CODE",
            "kypek-sync connector eclass grants [--database NAME] [--user NAME] [--host HOST]",
            "COURSE ID NUMBER",
            "Last name",
            "Given name",
            "First name",
            "TIME CREATED",
            "{} AND ObjectType='RT::Ticket'",
            "id > {} AND ObjectType='RT::Ticket' AND ({}) AND {}",
            "MAIL FROM:<{}>{}",
            "RCPT TO:<{}>",
            "text/xml; charset=utf-8",
            "EPISIMOS LOGARIASMOS",
            "timed out",
        ),
        WIRE,
    ),
    **dict.fromkeys(("{} errors, {} warnings",), LOG),
    **dict.fromkeys(
        (
            "let pass",
            "by a person",
        ),
        STORED,
    ),
}
"""Texts that need no Greek, each with the reason."""


_PATTERN = re.compile(
    r"\(\?P<|WHAT IS NEEDED IN|^[\s(]*(CREATE|SELECT|FROM|UNION|INSERT|PRAGMA|SET|SHOW|START) |^(CAST|CONVERT|LEFT)\("
)
"""Regular expressions, SQL, and the instructions that stand beside the same ones in Greek."""


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """Line and words of each text in a source file that somebody might read."""
    tree = ast.parse(file.read_text("utf-8"))
    silent = {id(node) for node in _silent(tree)}
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            words = "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value
        else:
            continue
        greek = re.match(r"[\d. ]*[Α-Ωα-ωΆ-ώ]", words)  # a letter to a server's people, Greek already
        if (
            not greek
            and not _PATTERN.search(words)
            and " " in words.strip()
            and len(re.findall(r"[A-Za-z]{2,}", words)) > 1
        ):
            yield node.lineno, words


def _silent(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, what a log or a setting's description says, and the pieces of a text that counts as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.Call) and (_is_log(node.func) or _named(node.func) == "Field"):
            yield from ast.walk(node)


def _is_log(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute):
        return False
    return function.attr == "_log" or (function.attr in LOGS and _named(function.value).endswith("log"))


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def unknown(words: str) -> bool:
    """Whether something of a text would be read in English: said again with nothing in place of each known sentence,
    words remain. A text may be the end of a sentence whose beginning is a fact (`… says that no token arrived.`)."""
    if not missing("el", {words}):
        return False
    said = re.sub(r"(?<=\.)\{\}", " {}", words.strip())
    own = said.removeprefix("{} ")  # behind a whole sentence
    for number in range(said.count("{}")):
        said, own = (text.replace("{}", FACT.format(number), 1) for text in (said, own))
    forms = (said, own, f"{FACT.format(9)} {said}", f"{said}.", f"{FACT.format(9)} {said}.")
    return all(re.search("[A-Za-z]{2}", worded(form, _nothing)) for form in forms)


def _nothing(_message: str, /, **values: object) -> str:
    """Says nothing, and those facts that are more than a name."""
    return " ".join(value for value in map(str, values.values()) if " " in value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_sentence_has_greek(file: Path) -> None:
    lacking = [f"line {line}: {words!r}" for line, words in texts(file) if words not in EXEMPT and unknown(words)]
    own = f"connectors_{file.parent.name}.po" if "connectors" in file.parts else "connectors.po"
    assert not lacking, "no Greek in kypek_sync/locale/el/" + own + " for\n" + "\n".join(lacking)


def test_every_exemption_is_of_a_text_that_is_there_and_has_no_greek() -> None:
    written = {words for file in FILES for _, words in texts(file)}
    assert sorted(set(EXEMPT) - written) == []
    assert [words for words in EXEMPT if not unknown(words)] == []
    assert all(EXEMPT.values())


def test_a_sentence_without_greek_is_noticed() -> None:
    assert unknown("{} sings a song that nobody knows.")
    assert unknown("Its API is switched on. Nobody has translated this.")
    assert not unknown("Its API is switched on. Its clock and ours agree.")
    assert not unknown("says that no token arrived.")


def _required(model: Any, seen: set[Any]) -> Iterator[str]:
    """The descriptions of what must not be missing, or must look a certain way: only these are quoted in an error."""
    if isinstance(model, type) and issubclass(model, BaseModel) and model not in seen:
        seen.add(model)
        for entry in model.model_fields.values():
            if entry.description and (entry.is_required() or any(hasattr(m, "pattern") for m in entry.metadata)):
                yield entry.description
            for inner in (entry.annotation, *getattr(entry.annotation, "__args__", ())):
                yield from _required(inner, seen)


@pytest.mark.parametrize("spec", specs().values(), ids=lambda spec: str(spec.name))
def test_what_a_missing_setting_is_about_has_greek(spec: ConnectorSpec) -> None:
    about = set(_required(spec.settings, set()))
    assert {words for words in about if unknown(words)} == set()
