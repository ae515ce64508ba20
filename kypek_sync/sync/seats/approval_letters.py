"""Puts into the outbox what officers are told of applications that wait for their approval: in the morning after they
began to wait, and once more two days before the first of them may lose its seat. The letter of Monday says it anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kypek_sync.ledger import outbox
from kypek_sync.ledger.outbox import Notice
from kypek_sync.model import Seminar, local
from kypek_sync.notices.by_hand import TO_APPROVE
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.approvals import Approvals, approvals
from kypek_sync.sync.seats.letters_by_hand import HOUR
from kypek_sync.sync.seats.week_ahead import to_approve_line

DAY = timedelta(days=1)


def put_approval_letters(
    connection: Connection, inst: Installation, kypek: str, seminars: Mapping[str, Seminar]
) -> int:
    """Letters to the officers of these seminars' structures; how many were put in."""
    morning = _morning(inst.clock())
    if not inst.kypek(kypek).post or local(morning).weekday() == 0 or not any(s.approval for s in seminars.values()):
        return 0
    number = int(f"{local(morning):%Y%m%d}")
    told = {row.notice.login for row in outbox.of_cause(connection, kypek, f"{TO_APPROVE}:", number)}
    mine: dict[str, list[Approvals]] = {}
    for one in approvals(connection, kypek, inst.clock(), before=morning):
        structure = inst.kypek(kypek).structures.get(one.structure)
        for login in set(structure.officers) - told if structure is not None and one.seminar in seminars else ():
            mine.setdefault(login, []).append(one)
    letters = [
        Notice(kypek, "", login, f"{TO_APPROVE}:", number, TO_APPROVE, _facts(inst, kypek, those, seminars))
        for login, those in sorted(mine.items())
        if any(_is_due(one, morning) for one in those)
    ]
    if letters and any(row.notice.kind == TO_APPROVE for row in outbox.unsent(connection, kypek)):
        outbox.take_back(connection, kypek, TO_APPROVE)  # of an earlier day: this one says it all
    return sum(outbox.put(connection, letter, inst.host, inst.clock()) for letter in letters)


def _morning(now: datetime) -> datetime:
    """The last morning before `now`, or `now` itself, by a clock in Greece."""
    here = local(now)
    start = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return start if start <= here else start - DAY


def _is_due(one: Approvals, morning: datetime) -> bool:
    """Whether somebody began to wait since yesterday morning, or the first time that is over soon is in two days."""
    new = one.newest is not None and one.newest >= morning - DAY
    return new or (one.until is not None and morning + DAY <= one.until < morning + 2 * DAY)


def _facts(
    inst: Installation, kypek: str, those: list[Approvals], seminars: Mapping[str, Seminar]
) -> tuple[tuple[str, str], ...]:
    page = inst.loaded.settings.public_address.rstrip("/")
    parts = [
        "\n".join(
            (
                to_approve_line(one, seminars[one.seminar].title, inst.text),
                inst.text("You can say yes or no on the seminar's page, once you have signed in:"),
                f"{page}/s/{one.seminar}#approvals",
                inst.text("To approve all of them: `kypek-sync seats approve %(code)s --all`", code=one.seminar),
            )
        )
        for one in those
    ]
    count = str(sum(one.count for one in those))
    return ("centre", inst.kypek(kypek).name), ("count", count), ("tasks", "\n\n".join(parts))
