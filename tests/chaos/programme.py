"""The programme that keeps changing, as its officer writes it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

CANCELLED = "ΑΚΥΡΩΘΗΚΕ"
_ATHENS = ZoneInfo("Europe/Athens")
_PLAIN = {
    "title": "",
    "capacity": "10",
    "platform": "",
    "mirrors": "",
    "online": "",
    "status": "",
    "session": "",
    "course": "",
}
_ROW = """\
  - κωδικός: {code}
    τίτλος: {title}
    μορφή: {form}
    θέσεις: {capacity}
    επιμορφωτές: {trainer}
    πλατφόρμα: "{platform}"
    καθρέφτες: "{mirrors}"
    υπάρχον μάθημα: "{course}"
    κατάσταση: "{status}"
    συνεδρίες:
"""
_SESSION = """\
      - {{αριθμός: {number}, ημερομηνία: {date:%d/%m/%Y}, ώρα έναρξης: "{starts}", ώρα λήξης: "{ends}", {where},
         κατάσταση συνεδρίας: "{status}"}}
"""


@dataclass
class Programme:
    """Rows by seminar code. `began` is the scenario's present: online sessions are on then. Each
    seminar has a trainer of its own: nobody can be in two places."""

    file: Path
    began: datetime
    trainers: tuple[str, ...]
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def say(self, code: str, **values: str) -> None:
        """Put a seminar in, or change what is said of it; the file is replaced in one go."""
        self.rows[code] = {**self.rows.get(code, _PLAIN), **values}
        new = self.file.with_suffix(".new")
        new.write_text(self.text(), "utf-8")
        os.replace(new, self.file)

    def text(self) -> str:
        """The whole file."""
        return "σεμινάρια:\n" + "".join(self._seminar(n, code, row) for n, (code, row) in enumerate(self.rows.items()))

    def hours(self) -> tuple[datetime, datetime]:
        """Of an online session: on at the scenario's present, as long as one may be (12 hours), within one day."""
        now = self.began.astimezone(_ATHENS).replace(second=0)
        starts = max(now - timedelta(minutes=30), now.replace(hour=0, minute=5))
        return starts, min(starts + timedelta(hours=11), now.replace(hour=23, minute=55))

    def _seminar(self, number: int, code: str, row: dict[str, str]) -> str:
        online = bool(row["online"])
        form = "Εξ αποστάσεως" if online else "Δια ζώσης"
        starts, ends = self.hours()
        today = starts.date()
        text = _ROW.format(code=code, form=form, trainer=self.trainers[number], **row)
        if online:
            text += _SESSION.format(
                number=1,
                date=today,
                starts=f"{starts:%H:%M}",
                ends=f"{ends:%H:%M}",
                where=f"μορφή συνεδρίας: {form}",
                status=row["session"],
            )
        day = today + timedelta(days=30 + number)
        return text + _SESSION.format(
            number=2 if online else 1,
            date=day,
            starts="17:00",
            ends="20:00",
            where="χώρος: ΕΚΦΕ" if not online else f"μορφή: {form}",
            status="",
        )
