"""Reads a YAML file and remembers on which line each key stands.

YAML 1.2 by ruamel.yaml: `no` is a word, dates are dates, a number with leading zeros loses them (so codes need quotes).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kypek_sync.settings.problems import Problem, SettingsError

Keys = tuple[str | int, ...]
"""The way to a value: names of keys and positions in lists (from 0)."""


@dataclass(frozen=True, slots=True)
class Document:
    """A settings file as it was written: its plain data, and the line of each key."""

    file: Path
    data: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def line_of(self, *keys: str | int) -> int:
        """The line (from 1) where `keys` stand, or the nearest thing above them that is in the file."""
        way = _as_text(keys)
        while way and way not in self.lines:
            way = way[:-1]
        return self.lines.get(way, 1)

    def problem(self, keys: Keys, message: str, **values: object) -> Problem:
        """A mistake at `keys`; `values` fill the places of `message`."""
        filled = tuple((name, str(value)) for name, value in values.items())
        return Problem(self.file, self.line_of(*keys), dotted(keys), message, filled)


def dotted(keys: Keys) -> str:
    """`kypeks.att-a.officers.2`: positions count from 1, as people do."""
    return ".".join(str(key + 1) if isinstance(key, int) else key for key in keys)


def read(file: Path) -> tuple[Document, tuple[Problem, ...]]:
    """The file's content and the mistakes that do not keep it from being read (duplicate keys).

    Raises `SettingsError` when it cannot be read at all.
    """
    text = _text(file)
    _refuse_tabs(file, text)
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        loader = YAML(typ="safe", pure=True)
        loader.allow_duplicate_keys = True  # they are reported below, all of them at once
        lines: dict[tuple[str, ...], int] = {}
        problems = tuple(_walk(file, root, (), lines, ())) if root is not None else ()
        data = None if any(problem.message in _FATAL for problem in problems) else loader.load(text)
    except MarkedYAMLError as error:
        raise SettingsError([_syntax(file, error)]) from None
    except YAMLError:
        raise SettingsError(
            [Problem(file, 0, "", "holds a character that no text file has; save it again as plain UTF-8 text")]
        ) from None
    if data is None and problems:
        raise SettingsError(problems)
    if data is None:
        raise SettingsError([Problem(file, 0, "", "is empty; `kypek-sync init` writes one to start from")])
    if not isinstance(data, dict):
        raise SettingsError([Problem(file, 1, "", "must hold keys with values, such as `school_year: 2026-2027`")])
    return Document(file, data, lines), problems


def _text(file: Path) -> str:
    message = ""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        message = "there is no such file; `kypek-sync init` writes one to start from"
    except IsADirectoryError:
        message = "is a folder; name the settings file in it"
    except PermissionError:
        message = "may not be read by this account; give it the right to read the file"
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(
            [Problem(file, line, "", "is not UTF-8 text (Windows-1253, perhaps?); save it again as UTF-8")]
        ) from None
    except OSError as error:
        reason = (("reason", error.strerror or type(error).__name__),)
        raise SettingsError([Problem(file, 0, "", "cannot be read: %(reason)s", reason)]) from None
    raise SettingsError([Problem(file, 0, "", message)])


def _refuse_tabs(file: Path, text: str) -> None:
    """Every line that is indented with a tab, which YAML forbids and editors hide."""
    indented = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and "\t" in line[: len(line) - len(line.lstrip())]
    ]
    if indented:
        raise SettingsError(
            Problem(file, number, "", "a tab stands at the start of this line; indent it with spaces")
            for number in indented
        )


def _syntax(file: Path, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    values: tuple[tuple[str, str], ...] = ()
    reason = " ".join(str(part) for part in (error.problem, error.context) if part)
    if "another document" in reason:
        message = "a line of three dashes starts a second document; one file holds one"
    elif "mapping values" in reason:
        message = "a second colon in one line; put the value in quotes, or start a new line"
    else:
        message = "is not valid YAML here: %(reason)s; look at quotes, brackets and indentation of this line"
        values = (("reason", reason),)
    return Problem(file, mark.line + 1 if mark else 0, "", message, values)


_ENDLESS = "a list or block that contains itself; write it out"
_NO_DATE = "there is no such date in the calendar; write year-month-day, such as 2027-06-30"
_FATAL = (_ENDLESS, _NO_DATE)
"""Mistakes with which the data cannot be built."""


def _walk(
    file: Path, node: Node, way: Keys, lines: dict[tuple[str, ...], int], above: tuple[Node, ...]
) -> Iterator[Problem]:
    """Note the line of everything below `node`; give the mistakes that plain data would hide."""
    line = lines.setdefault(_as_text(way), node.start_mark.line + 1)
    inside = (*above, node)
    if any(node is other for other in above):
        yield Problem(file, line, dotted(way), _ENDLESS)
    elif isinstance(node, SequenceNode):
        for position, item in enumerate(node.value):
            yield from _walk(file, item, (*way, position), lines, inside)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            here = (*way, str(key.value) if isinstance(key, ScalarNode) else "?")
            line = key.start_mark.line + 1
            if _as_text(here) in lines and here[-1] != "<<":
                message = "is written twice (first on line %(first)s); keep one of them"
                yield Problem(file, line, dotted(here), message, (("first", str(lines[_as_text(here)])),))
            else:
                lines[_as_text(here)] = line
                yield from _walk(file, value, here, lines, inside)
    elif isinstance(node, ScalarNode) and str(node.tag).endswith(":timestamp") and not _is_date(node):
        yield Problem(file, line, dotted(way), _NO_DATE)


def _as_text(way: Keys) -> tuple[str, ...]:
    return tuple(str(key) for key in way)


def _is_date(node: ScalarNode) -> bool:
    try:
        YAML(typ="safe", pure=True).constructor.construct_yaml_timestamp(node)
    except ValueError:
        return False
    return True
