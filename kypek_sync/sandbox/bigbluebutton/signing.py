"""The checksum of the API: who does not know the secret gets nothing (fact sheet §2, B-4, B-6).

`checksum = H(call + raw query without checksum + secret)`. The raw query is hashed as it came, so `+` and `%20` both
pass; a 2.4 beta re-encodes first and accepts only `+`. The algorithm is told by the length of the value.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

_BY_LENGTH = {40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}


def without_checksum(raw_query: str) -> str:
    """The raw query with its `checksum` taken out, everything else untouched."""
    return "&".join(part for part in raw_query.split("&") if not part.startswith("checksum="))


def digest(algorithm: str, *texts: str) -> str:
    """The hash of the texts one after the other, in hex."""
    return hashlib.new(algorithm, "".join(texts).encode()).hexdigest()


def is_signed(
    call: str, raw_query: str, given: list[str], secret: str, algorithms: Collection[str], *, reencode: bool
) -> bool:
    """Whether exactly one checksum was given and it is right. `reencode`: hash as the 2.4 beta does."""
    if len(given) != 1:
        return False
    algorithm = _BY_LENGTH.get(len(given[0]))
    if algorithm is None or algorithm not in algorithms:
        return False
    signed = without_checksum(raw_query)
    if reencode:
        signed = urlencode(parse_qsl(signed, keep_blank_values=True))
    return hmac.compare_digest(digest(algorithm, call, signed, secret).encode(), given[0].lower().encode())
