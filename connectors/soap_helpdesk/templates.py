"""Argument templates: `${t.subject}`, `${t.id|int}`, nested mappings and lists. Pure.

A text that is one placeholder becomes its value with its type; any other text becomes text. Filters, in order:
`int`, `text`, `optional` (an empty value leaves its key out), `either:A:B` (A where it is true, else B), and `year`,
`month`, `day` of a moment on the helpdesk's own calendar (H-28). What XML cannot hold is taken out of values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from connectors.soap_helpdesk.paths import read

_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
_FORM = re.compile(r"[a-z_]+(?:\.[A-Za-z_]\w*(?:\[[^\[\]]*\])?)*(?:\|[a-z]+(?::[^:|]*)*)*")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FILTERS = frozenset({"int", "text", "optional", "either", "year", "month", "day"})


class BadTemplate(ValueError):
    """A template that cannot be used. Its text says where and why."""


class BadValue(ValueError):
    """A value that a filter cannot take. `name` is the placeholder's."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        super().__init__(f"{name} is {str(value)[:40]!r}, which is no {wanted}")
        self.name = name


class _Absent:
    """Stands for a value that leaves its key out."""


_ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Values:
    """What placeholders stand for, and the calendar that `year`, `month` and `day` use."""

    names: Mapping[str, Any]
    zone: tzinfo


def check(template: Any, known: frozenset[str], where: str) -> Iterator[str]:
    """What is wrong with a template: whole sentences that name the place. `known` are the placeholders' names, those
    with a trailing dot being records of any shape (`current.`)."""
    if isinstance(template, Mapping):
        for key, inner in template.items():
            yield from check(inner, known, f"{where}.{key}")
    elif isinstance(template, list | tuple):
        for number, inner in enumerate(template):
            yield from check(inner, known, f"{where}[{number}]")
    elif isinstance(template, str):
        for inside in _PLACEHOLDER.findall(template):
            name, *filters = inside.split("|")
            records = tuple(one for one in known if one.endswith("."))
            if not _FORM.fullmatch(inside):
                yield f"{where}: ${{{inside}}} is not of the form ${{name|filter}}"
            elif name not in known and not name.startswith(records or ("\0",)):
                yield f"{where}: there is no {name} here; there are {', '.join(sorted(known))}"
            else:
                for one in filters:
                    if one.partition(":")[0] not in FILTERS:
                        yield f"{where}: there is no filter {one}; there are {', '.join(sorted(FILTERS))}"
    elif not isinstance(template, int | float | bool | None):
        yield f"{where}: {template!r} is neither text, number, list nor mapping"


def uses(template: Any, name: str) -> bool:
    """Whether a placeholder of that name is anywhere in the template."""
    if isinstance(template, Mapping):
        return any(uses(inner, name) for inner in template.values())
    if isinstance(template, list | tuple):
        return any(uses(inner, name) for inner in template)
    return isinstance(template, str) and any(inside.split("|")[0] == name for inside in _PLACEHOLDER.findall(template))


def render(template: Any, values: Values) -> Any:
    """The template with its placeholders replaced. Raises `BadValue`."""
    rendered = _render(template, values)
    return None if rendered is _ABSENT else rendered


def _render(template: Any, values: Values) -> Any:
    if isinstance(template, Mapping):
        parts = {key: _render(inner, values) for key, inner in template.items()}
        kept = {key: part for key, part in parts.items() if part is not _ABSENT}
        return kept if kept or not template else _ABSENT
    if isinstance(template, list | tuple):
        return [part for inner in template if (part := _render(inner, values)) is not _ABSENT]
    if not isinstance(template, str):
        return template
    if whole := _PLACEHOLDER.fullmatch(template):
        return _value(whole[1], values)
    return _PLACEHOLDER.sub(lambda match: _text(_value(match[1], values)), template)


def _value(inside: str, values: Values) -> Any:
    name, *filters = inside.split("|")
    root, _, rest = name.partition(".")
    value = read(rest, values.names.get(root)) if rest else values.names.get(root)
    if isinstance(value, str):
        value = _NOT_XML.sub("", value)
    for one in filters:
        kind, *words = one.split(":")
        value = _filtered(name, value, kind, words, values.zone)
        if value is _ABSENT:
            break
    return value


def _filtered(name: str, value: Any, kind: str, words: Sequence[str], zone: tzinfo) -> Any:
    if kind == "optional":
        return _ABSENT if value is None or value == "" else value
    if kind == "either":
        return words[0] if value else words[-1]
    if kind == "text":
        return _text(value)
    if kind == "int":
        try:
            return int(str(value))
        except ValueError:
            raise BadValue(name, value, "number") from None
    if not isinstance(value, datetime):
        raise BadValue(name, value, "moment")
    return int(getattr(value.astimezone(zone), kind))


def _text(value: Any) -> str:
    return "" if value is None or value is _ABSENT else str(value)
