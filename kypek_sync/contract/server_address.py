"""The address of a server as settings hold it: scheme, host and path, encrypted unless it is this machine's own."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts to which nothing travels over a line that somebody else might read."""


def base_address(value: str, *, example: str, only: str, https: str, without: str = "") -> str:
    """The address in one form, without a slash at its end, nor the path `without` that people copy along with it.

    Raises `ValueError` with a sentence for the administrator: an `example` where it is no address, `only` where it has
    more than an address (a query, a fragment, an account), `https` where it would send things readable to others.
    """
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"write the whole address, e.g. {example}")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError(only)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(https)
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path.removesuffix(without) if without else path}"
