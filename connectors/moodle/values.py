"""The parts that Moodle's answers are made of. What has not the expected shape raises `Misshapen`, never a guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

DIGITS = 18
"""Digits of the longest number that is believed."""


class Misshapen(Exception):
    """An answer has not the shape it must have; the text says what is wrong with it."""


def each(parse: Callable[[dict[str, Any]], T], value: Any) -> tuple[T, ...]:
    """What `parse` makes of every object of a list."""
    return tuple(parse(row_of(one)) for one in listed(value))


def listed(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise Misshapen("no list")
    return value


def row_of(value: Any) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise Misshapen("no object")
    return value


def identity(row: dict[str, Any]) -> int:
    """The number of a row."""
    return number(row.get("id"))


def optional(row: dict[str, Any], key: str) -> int | None:
    """A number that may be missing."""
    return None if row.get(key) is None else number(row[key])


def numbers(value: Any) -> frozenset[int]:
    """A list of numbers, without order."""
    those = listed(value)
    if all(type(one) is int for one in those):  # as nearly always, and there are thousands
        return frozenset(those)
    return frozenset(number(one) for one in those)


def number(value: Any) -> int:
    """A whole number, also one written as digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= DIGITS:
        return int(value)
    raise Misshapen("no number where one must be")


def text(row: dict[str, Any], key: str) -> str:
    """Words that may not be missing."""
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise Misshapen(f"no {key}")
    return value
