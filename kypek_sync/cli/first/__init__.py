"""The first settings of a centre: a commented `kypek.yaml` from a few answers. The words are in `kypek.yaml.txt`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from string import Template

from kypek_sync.model import local

_OPTIONAL = re.compile(r"([?!])(\w+) (\d)\|(.*)")
"""A line that holds only under a condition, and the indentation of its block: `?eclass 2|    type: eclass`. Otherwise
it is a comment (`?`) or left out (`!`)."""
_CSV = (".csv", ".tsv")
"""How the names of files with rows and columns end; an LDIF export may have any other name."""
_EXAMPLES = {
    "directory_file": "directory.ldif",
    "eclass_address": "https://eclass.example.gr",
    "mail": "info@example.gr",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` asked. Empty words stand for what is not there yet; `structures` are (id, name)."""

    kypek: str
    name: str
    school_year: str
    mail: str = ""
    administrators: tuple[str, ...] = ()
    structures: tuple[tuple[str, str], ...] = ()
    directory_file: str = ""
    eclass_address: str = ""
    has_eclass_token: bool = False

    @property
    def directory_type(self) -> str:
        """The connector that reads the directory's file, by the file's name."""
        return "csv" if self.directory_file.casefold().endswith(_CSV) else "ldif"


def school_year(now: datetime) -> str:
    """The school year that a moment belongs to; it starts in September."""
    today = local(now)
    first = today.year if today.month >= 9 else today.year - 1
    return f"{first}-{first + 1}"


def settings_text(answers: Answers) -> str:
    """The whole file. What is not there yet stands in it as a comment to be filled in."""
    uses_eclass = bool(answers.eclass_address) and answers.has_eclass_token
    active = {
        "directory": bool(answers.directory_file),
        "eclass": uses_eclass,
        "mail": bool(answers.mail),
        "never": False,
    }
    active["csv"] = active["directory"] and answers.directory_type == "csv"
    active |= {"filled": active["directory"] or uses_eclass, "structured": bool(answers.structures)}
    active |= {"empty": not active["filled"], "alone": not active["structured"]}
    template = (files("kypek_sync") / "cli" / "first" / "kypek.yaml.txt").read_text("utf-8")
    lines = [line for written in template.splitlines() for line in _line(written, active)]
    values = {
        "school_year": answers.school_year,
        "kypek": answers.kypek,
        "directory_type": answers.directory_type,
        "name": _quoted(answers.name),
        "administrators": ", ".join(map(_quoted, answers.administrators)),
        "structures": _structures(answers.structures),
    }
    for name, example in _EXAMPLES.items():
        values[name] = _quoted(getattr(answers, name) or example)
    return Template("\n".join(lines) + "\n").substitute(values)


def _line(line: str, active: dict[str, bool]) -> list[str]:
    """A line of the template as it goes into the file: itself, a comment in its block, or nothing."""
    found = _OPTIONAL.fullmatch(line)
    if found is None:
        return [line]
    mark, condition, outer, words = found[1], found[2], int(found[3]), found[4]
    if active[condition]:
        return [words]
    return [words[:outer] + "# " + words[outer:]] if mark == "?" else []


def _structures(structures: tuple[tuple[str, str], ...]) -> str:
    lines = [""]
    for key, name in structures:
        lines += [
            f"      {key}:",
            f"        name: {_quoted(name)}",
            "        officers: []",
            f"        programme: programmes/{key}.xlsx",
            f"        inbox: inbox/{key}",
        ]
    return "\n".join(lines)


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)
