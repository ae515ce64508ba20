"""Paths into what an operation answered: `$` for all of it, `status.id`, `custom_fields[field.name=KypekRef].value`.
Pure."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"([A-Za-z_][\w-]*)(?:\[([\w.-]+)=([^\[\]]*)\])?")
_PATH = re.compile(rf"\$|{_STEP.pattern}(?:\.{_STEP.pattern})*")


def is_path(text: str) -> bool:
    """Whether a text has the form of a path."""
    return bool(_PATH.fullmatch(text))


def read(path: str, value: Any) -> Any:
    """What is at the path; None where nothing is. A step on a list takes its first element."""
    if path == "$":
        return value
    for match in _STEP.finditer(path):
        name, key, wanted = match.groups()
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, dict):
            return None
        value = value.get(name)
        if key is not None:
            several = value if isinstance(value, list) else []
            value = next((one for one in several if str(read(key, one)) == wanted), None)
    return value


def listed(value: Any) -> list[Any]:
    """What is there as a list: nothing is an empty one (H-22)."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
