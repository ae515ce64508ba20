"""Arguments and the types of a WSDL: is what the settings say possible, and how zeep wants it.

An encoded array (rpc/encoded) must be built item by item: handed a plain list, zeep sends an empty element without a
word, and plain numbers are a TypeError (H-21). So whoever writes settings writes plain lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zeep import xsd

_xsd: Any = xsd


def argument_type(operation: Any) -> Any:
    """The type whose elements are the operation's arguments."""
    return operation.input.body.type


def problems(kind: Any, template: Any, where: str) -> Iterator[str]:
    """What in a template the type does not have, and what it lacks: whole sentences that name the setting."""
    item = _item(kind)
    if item is not None:
        if isinstance(template, list | tuple):
            for number, inner in enumerate(template):
                yield from problems(item, inner, f"{where}[{number}]")
        elif not isinstance(template, str):
            yield f"{where} must be a list"
        return
    elements = dict(_elements(kind))
    if not isinstance(kind, xsd.ComplexType):
        if isinstance(template, Mapping | list | tuple):
            yield f"{where} must be a single value ({_name(kind)})"
        return
    if not isinstance(template, Mapping):
        if elements and not isinstance(template, str):
            yield f"{where} must be a mapping with {', '.join(elements)}"
        return
    for key, inner in template.items():
        if key not in elements:
            yield f"{where}.{key}: there is no such element; there are {', '.join(elements) or 'none'}"
            continue
        element = elements[key]
        several = isinstance(inner, list | tuple) and element.accepts_multiple
        for number, one in enumerate(inner if several else [inner]):
            yield from problems(element.type, one, f"{where}.{key}[{number}]" if several else f"{where}.{key}")
    for key, element in elements.items():
        if key not in template and not element.is_optional and not element.nillable and element.default is None:
            yield f"{where} lacks {key}, which the operation needs"


def coerced(kind: Any, value: Any) -> Any:
    """The value as zeep wants it for this type."""
    item = _item(kind)
    if item is not None and isinstance(value, list | tuple):
        return kind([_xsd.AnyObject(_xsd.Element("item", item), _whole(item, one)) for one in value])
    if isinstance(value, Mapping):
        elements = dict(_elements(kind))
        return {
            key: [coerced(elements[key].type, one) for one in inner]
            if isinstance(inner, list | tuple) and elements[key].accepts_multiple
            else coerced(elements[key].type, inner)
            for key, inner in value.items()
            if key in elements
        }
    return value


def described(operation: Any) -> str:
    """The operation on one line: its arguments, and what it answers."""
    arguments = ", ".join(
        f"{name}{'?' if element.is_optional else ''}: {_name(element.type)}{'[]' if element.accepts_multiple else ''}"
        for name, element in _elements(argument_type(operation))
    )
    answer = operation.output.signature(as_output=True) if operation.output else ""
    return f"{operation.name}({arguments}) -> {answer or 'nothing'}"


def type_lines(kind: Any) -> list[str]:
    """A type and its elements, a line each."""
    item = _item(kind)
    if item is not None:
        return [f"{_name(kind)}: list of {_name(item)}"]
    return [
        f"{_name(kind)}:",
        *(
            f"  {name}{'?' if element.is_optional else ''}: {_name(element.type)}"
            f"{'[]' if element.accepts_multiple else ''}"
            for name, element in _elements(kind)
        ),
    ]


def _whole(kind: Any, value: Any) -> Any:
    """An item of an encoded array: a structure must be built, a plain value goes as it is."""
    if isinstance(value, Mapping):
        return kind(**coerced(kind, value))
    return coerced(kind, value)


def _item(kind: Any) -> Any:
    """The type of an encoded array's items; None for any other type."""
    array = getattr(kind, "_array_type", None)
    return None if array is None else getattr(array, "array_type", None)


def _elements(kind: Any) -> list[tuple[str, Any]]:
    found = getattr(kind, "elements", None)
    return [(str(name), element) for name, element in found or () if not isinstance(element, xsd.Any)]


def _name(kind: Any) -> str:
    return str(getattr(kind, "name", None) or "structure")
