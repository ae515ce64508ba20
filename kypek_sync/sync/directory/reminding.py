"""Reminds administrators by mail of an export that grows old, whether or not there is a helpdesk for its case."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from kypek_sync.contract import OLD_EXPORT
from kypek_sync.ledger import findings, outbox
from kypek_sync.ledger.outbox import Notice
from kypek_sync.notices.by_hand import OLD_FILE
from kypek_sync.seminar.cases import OldExport, old_export_words
from kypek_sync.sync.installation import Installation

AGAIN = timedelta(days=7)
"""How long after one letter the next one is due, while the export is still old."""

_FILES = 10
"""More files than any directory is made of."""


def remind(connection: Connection, inst: Installation, kypek: str) -> int:
    """A letter to each administrator when the export of this KYPEK's directory has become too old, and one each week
    until a newer one was read; how many were put in. Letters that did not go out before that are taken back.

    Who administers several KYPEKs that share the directory gets one letter, from the first of them that sends mail.
    """
    entry, now = inst.kypek(kypek), inst.clock()
    system = entry.directory
    told = findings.listed(connection, [system], OLD_EXPORT, limit=_FILES) if system else []
    if not told:
        outbox.take_back(connection, kypek, OLD_FILE)
        return 0
    if not entry.post:
        return 0
    since = min(one.first_seen for one in told)
    subject, body = old_export_words(OldExport(system), inst.text)
    repeated = inst.text("This letter comes again every week until a newer export is there.")
    facts = (("body", f"{body}\n{repeated}"), ("centre", entry.name), ("subject", subject))
    cause, week = f"{OLD_FILE}-{system}-{since:%Y%m%d%H%M}:", max(0, (now - since) // AGAIN)
    count = 0
    for login in sorted(set(entry.administrators) - _told_elsewhere(inst, kypek)):
        count += outbox.put(connection, Notice(kypek, "", login, cause, week, OLD_FILE, facts), inst.host, now)
    return count


def _told_elsewhere(inst: Installation, kypek: str) -> set[str]:
    """Administrators of the KYPEKs before this one that share its directory and send mail."""
    kypeks = inst.loaded.settings.kypeks
    before = [one for key, one in kypeks.items() if key < kypek and one.directory == kypeks[kypek].directory]
    return {login for one in before if one.post for login in one.administrators}
