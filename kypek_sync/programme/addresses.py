"""Addresses of courses as people copy them from a browser: which platform one is on, and which two are one course."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit

_PORTS = {"http": 80, "https": 443}


def is_course_address(text: str) -> bool:
    """Whether a text is a whole address, with `https://` in front."""
    return _parts(text) is not None and " " not in text


def one_form(address: str) -> str:
    """The address in the one form in which two are compared: without scheme, usual port, fragment and a slash at the
    end, its query sorted. What is no address stays as it is."""
    parts = _parts(address)
    if parts is None:
        return address.strip()
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{_host(parts)}{parts.path.rstrip('/')}{'?' if query else ''}{query}"


def beneath(address: str, home: str) -> bool:
    """Whether an address is of the site that has this home: the same host and, where the site lives in a folder of it,
    that folder. `http` and `https` are one site."""
    one, site = _parts(address), _parts(home)
    if one is None or site is None or _host(one) != _host(site):
        return False
    folder = site.path.rstrip("/")
    return one.path.rstrip("/") == folder or one.path.startswith(f"{folder}/")


def platform_of(address: str, homes: Mapping[str, str]) -> str:
    """The platform that an address is on, of those with these homes (name → address); of sites one inside another the
    inner one. Empty where it is on none."""
    fitting = [(len(urlsplit(home).path), name) for name, home in homes.items() if beneath(address, home)]
    return min(fitting, key=lambda one: (-one[0], one[1]))[1] if fitting else ""


def same_server(homes: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """The names of platforms that have one and the same home, in a stable order: what one of them enrols in a course
    would be somebody else's doing to the other."""
    found: dict[str, list[str]] = {}
    for name, home in sorted(homes.items()):
        found.setdefault(one_form(home), []).append(name)
    return tuple(tuple(names) for names in found.values() if len(names) > 1)


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address.strip())
        proper = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if proper else None


def _host(parts: SplitResult) -> str:
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return f"{(parts.hostname or '').casefold()}{port}"
