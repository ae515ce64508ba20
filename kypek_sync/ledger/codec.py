"""Values of the model and the contract as JSON and back."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def dump(value: Any) -> Any:
    """A dataclass of ours as plain JSON values; moments in ISO 8601."""
    return _adapter(type(value)).dump_python(value, mode="json")


def load(kind: type[T], body: Any) -> T:
    """The value that `dump` was given."""
    loaded: T = _adapter(kind).validate_python(body)
    return loaded
