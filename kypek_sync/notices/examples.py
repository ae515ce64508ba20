"""An invented letter: every field that the words of a letter may use, with an example. All are text.

`title`, `code` of nothing else than the seminar; `sessions`, `changes`, `clashes`, `tasks` and `week` are lines;
`session` is one line; `page` is the seminar's page, `own_page` the person's own (whoever has it answers for them);
`stop` ends their reminders; `centre` signs.
"""

from __future__ import annotations

from datetime import UTC, datetime

from kypek_sync.notices.programme_letter import Leaflet, Line, Month

NAME = "Άννα Παραδείγματος"

EXAMPLE = {
    "title": "Πειράματα με απλά υλικά",
    "reason": "Είστε 4η στη σειρά· 30 θέσεις, 30 κατειλημμένες.",
    "sessions": "12/03/2027 17:00-20:00, 1ο ΕΚΦΕ\n19/03/2027 17:00-20:00, 1ο ΕΚΦΕ",
    "changes": "12/03/2027 17:00-20:00, 1ο ΕΚΦΕ γίνεται 13/03/2027 17:00-20:00, 1ο ΕΚΦΕ",
    "clashes": "12/03/2027 18:00-20:00: Ρομποτική για αρχάριους",
    "edition": "«Πειράματα με απλά υλικά» (EKFE-25-01)",
    "why": "Χιονόπτωση",
    "role": "",
    "page": "https://kypek.example.gr/s/EKFE-26-01",
    "own_page": "https://kypek.example.gr/own/paradeigma",
    "session": "12/03/2027 17:00-20:00, 1ο ΕΚΦΕ",
    "stop": "https://kypek.example.gr/reminders/paradeigma",
    "period": "03/2027 - 05/2027",
    "centre": "Κ.ΥΠ.Ε.Κ. Παραδείγματος",
    "count": "2",
    "tasks": "Πειράματα με απλά υλικά (EKFE-26-01)\nhttps://kypek.example.gr/s/EKFE-26-01",
    "week": "",
    "platform": "Moodle",
    "address": "https://moodle.example.gr",
    "subject": "Θέμα προς τη διαχείριση",
    "body": "Το κείμενο προς τη διαχείριση.",
}

LEAFLET = Leaflet(
    centre=EXAMPLE["centre"],
    mail="kypek@example.gr",
    letterhead=(),
    period=EXAMPLE["period"],
    page="https://kypek.example.gr/programme",
    months=(
        Month(
            "Μάρτιος 2027",
            (
                Line(
                    title=EXAMPLE["title"],
                    structure="1ο ΕΚΦΕ",
                    day="Παρ 12/03/2027",
                    hours="17:00-20:00",
                    where="1ο ΕΚΦΕ",
                    topic="",
                    cancelled=False,
                    page=EXAMPLE["page"],
                ),
            ),
        ),
    ),
    made=datetime(2027, 2, 26, 9, tzinfo=UTC),
)
"""The programme in an invented letter to a school."""
