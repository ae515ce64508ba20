"""Signed addresses, and keeping them out of logs.

The checksum is SHA-256 over call, query and secret; what is signed is what `urlencode` wrote, and exactly that string
is sent (B-1 to B-5). Whoever has a signed address may use it for ever (B-44), so it is as secret as the secret.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from urllib.parse import urlencode

_SIGNED = re.compile(r"\?\S*checksum=[^\s'\"]*")
_TALKATIVE = ("urllib3.connectionpool", "urllib3.util.retry")


def signed_address(api: str, call: str, query: Mapping[str, str], secret: str) -> str:
    """The address of a call, with its checksum. Never log, store or show it."""
    text = urlencode(query)
    checksum = hashlib.sha256(f"{call}{text}{secret}".encode()).hexdigest()
    return f"{api}/{call}?{text}{'&' if text else ''}checksum={checksum}"


def hushed(text: str) -> str:
    """The text with every signed query taken out."""
    return _SIGNED.sub("?…", text)


class _Hush(logging.Filter):
    """Takes signed queries out of what the HTTP library logs; it names whole addresses, in warnings too."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "checksum=" in message:
            record.msg, record.args = hushed(message), None
        return True


_HUSH = _Hush()


def hush_logs() -> None:
    """From now on signed queries are not logged. A second call does nothing (a filter is kept once)."""
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_HUSH)
