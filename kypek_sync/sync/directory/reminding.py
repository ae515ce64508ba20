"""Reminds administrators by mail of a directory that proves no absence any more, whether or not there is a helpdesk for
its case: an export that grew old, a directory that shows only a part of itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.contract import OLD_EXPORT
from kypek_sync.ledger import cases, findings, outbox
from kypek_sync.ledger.outbox import Notice
from kypek_sync.notices.by_hand import IN_PART, OLD_FILE
from kypek_sync.seminar.cases import READ_IN_PART, OldExport, old_export_words
from kypek_sync.sync.directory.scopes import reads_export
from kypek_sync.sync.installation import Installation

AGAIN = timedelta(days=7)
"""How long after one letter the next one is due, while its cause lasts."""

_FILES = 10
"""More files than any directory is made of."""


def remind(connection: Connection, inst: Installation, kypek: str) -> int:
    """A letter to each administrator when the export of this KYPEK's directory has become too old, or the directory has
    become a case since it is read only in part, and one each week until that is mended; how many were put in. Letters
    that did not go out before that are taken back.

    Who administers several KYPEKs that share the directory gets one letter, from the first of them that sends mail.
    """
    return _old(connection, inst, kypek) + _in_part(connection, inst, kypek)


def _old(connection: Connection, inst: Installation, kypek: str) -> int:
    system = inst.kypek(kypek).directory
    is_one = bool(system) and reads_export(inst, system)
    told = findings.listed(connection, [system], OLD_EXPORT, limit=_FILES) if is_one else []
    if not told:
        outbox.take_back(connection, kypek, OLD_FILE)
        return 0
    subject, body = old_export_words(OldExport(system), inst.text)
    repeated = inst.text("This letter comes again every week until a newer export is there.")
    since = min(one.first_seen for one in told)
    return _letters(connection, inst, kypek, OLD_FILE, since, (subject, f"{body}\n{repeated}"))


def _in_part(connection: Connection, inst: Installation, kypek: str) -> int:
    """The case is told by the first KYPEK that reads the directory."""
    system = inst.kypek(kypek).directory
    filed = cases.listed(connection, min(inst.sharing(system))) if system else []
    told = next((one for one in filed if one.cured is None and one.case.kind == READ_IN_PART), None)
    if told is None:
        outbox.take_back(connection, kypek, IN_PART)
        return 0
    repeated = inst.text("This letter comes again every week until all of it is read.")
    words = (told.case.subject, f"{told.case.body}\n{repeated}")
    return _letters(connection, inst, kypek, IN_PART, told.opened, words)


def _letters(
    connection: Connection, inst: Installation, kypek: str, kind: str, since: datetime, words: tuple[str, str]
) -> int:
    """One for each administrator who is told by no other KYPEK; `words` are subject and body."""
    entry, now = inst.kypek(kypek), inst.clock()
    if not entry.post:
        return 0
    facts = (("body", words[1]), ("centre", entry.name), ("subject", words[0]))
    cause, week = f"{kind}-{entry.directory}-{since:%Y%m%d%H%M}:", max(0, (now - since) // AGAIN)
    count = 0
    for login in sorted(set(entry.administrators) - _told_elsewhere(inst, kypek)):
        count += outbox.put(connection, Notice(kypek, "", login, cause, week, kind, facts), inst.host, now)
    return count


def _told_elsewhere(inst: Installation, kypek: str) -> set[str]:
    """Administrators of the KYPEKs before this one that share its directory and send mail."""
    kypeks = inst.loaded.settings.kypeks
    before = [one for key, one in kypeks.items() if key < kypek and one.directory == kypeks[kypek].directory]
    return {login for one in before if one.post for login in one.administrators}
