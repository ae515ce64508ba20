"""The order of applications: by their moment, ties by a hash that nobody can work out beforehand. Pure."""

from __future__ import annotations

import hmac
from datetime import datetime

from kypek_sync.model import Application


def order_key(application: Application, tie_key: bytes) -> tuple[datetime, str]:
    """The place of an application in the order: its moment, ties by a keyed hash of seminar and person, which nobody
    can work out beforehand."""
    word = f"{application.seminar}|{application.login}".encode()
    return application.at, hmac.digest(tie_key, word, "sha256").hex()
