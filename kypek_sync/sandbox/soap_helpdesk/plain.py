"""The operations of the document/literal service: a plain invented helpdesk, which keeps its rules.

States are codes with Greek labels; an unknown one is a fault. Faults go with status 500 and carry a `Problem` with a
code: NOT_FOUND, INVALID, UNKNOWN_STATE. A reference may be used twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from lxml import etree

import kypek_sync.sandbox.soap_helpdesk.issues as issues
from kypek_sync.sandbox.soap_helpdesk.envelope import ATHENS, SOAP, moment, text, whole
from kypek_sync.sandbox.soap_helpdesk.mantis import Arguments, Call
from kypek_sync.sandbox.soap_helpdesk.store import PROJECT

TYPES = "urn:plain-helpdesk:types"
STATES = {
    "PENDING": (10, "σε εκκρεμότητα"),
    "WORKING": (50, "υπό διεκπεραίωση"),
    "DONE": (80, "διεκπεραιωμένο"),
    "REJECTED": (90, "απορρίφθηκε"),
}
WRITES = frozenset({"CreateTicket", "AddNote", "SetState"})
REFERENCE_FIELD = "KypekRef"
LARGEST_PAGE = 100

Handler = Callable[[Call, etree._Element], None]


class Problem(Exception):
    """A fault with a code; `message` is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def detail(self) -> str:
        """The detail element of the fault."""
        return f'<detail><Problem xmlns="{TYPES}"><Code>{self.code}</Code></Problem></detail>'


def create_ticket(call: Call, answer: etree._Element) -> None:
    """A new ticket in state PENDING."""
    requester = call.given.get("Requester")
    person = requester if isinstance(requester, dict) else {}
    for name in ("Title", "Body", "Category"):
        if not text(call.given.get(name)).strip():
            raise Problem("INVALID", f"Το πεδίο {name} είναι υποχρεωτικό")
    cursor = call.db.execute(
        "INSERT INTO issues (project, category, summary, description, reporter, requester_mail, requester_name,"
        " submitted, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            PROJECT,
            text(call.given["Category"]),
            text(call.given["Title"]),
            text(call.given["Body"]),
            call.actor.user,
            text(person.get("Mail")),
            text(person.get("Name")),
            call.actor.now,
            call.actor.now,
        ),
    )
    number = int(cursor.lastrowid or 0)
    issues.log(call.db, number, call.actor, "", issues.NEW)
    if reference := text(call.given.get("Reference")):
        field = call.db.execute("SELECT id FROM custom_fields WHERE name = ?", (REFERENCE_FIELD,)).fetchone()
        call.db.execute("INSERT INTO custom_values VALUES (?, ?, ?)", (number, field["id"], reference))
    _add(answer, "Number", number)


def get_ticket(call: Call, answer: etree._Element) -> None:
    """One ticket with its notes."""
    _ticket(call.db, _row(call.db, call.given), answer)


def find_tickets(call: Call, answer: etree._Element) -> None:
    """Tickets by reference, state, or change since a moment (that moment included), by number; past the end none."""
    where, values = ["1"], list[object]()
    if reference := text(call.given.get("Reference")):
        where.append(
            "EXISTS (SELECT 1 FROM custom_values v JOIN custom_fields f ON f.id = v.field"
            " WHERE v.issue = i.id AND f.name = ? AND v.value = ?)"
        )
        values += [REFERENCE_FIELD, reference]
    if state := text(call.given.get("State")):
        where.append("i.status = ?")
        values.append(_status(state))
    if since := text(call.given.get("ChangedSince")):
        where.append("i.updated >= ?")
        values.append(_seconds(since))
    sql = f"FROM issues i WHERE {' AND '.join(where)}"
    (total,) = call.db.execute(f"SELECT count(*) {sql}", values).fetchone()
    _add(answer, "Total", total)
    take = min(whole(call.given.get("Take")) or LARGEST_PAGE, LARGEST_PAGE)
    page = (*values, take, max(whole(call.given.get("Skip")), 0))
    for row in call.db.execute(f"SELECT i.* {sql} ORDER BY i.id LIMIT ? OFFSET ?", page).fetchall():
        _ticket(call.db, row, answer)


def add_note(call: Call, answer: etree._Element) -> None:
    """A note; the same key on the same ticket gives the note that is there already."""
    row, key = _row(call.db, call.given), text(call.given.get("Key"))
    sql = "SELECT id FROM notes WHERE issue = ? AND note_key = ? AND note_key <> ''"
    present = call.db.execute(sql, (row["id"], key)).fetchone()
    if present is None:
        if not text(call.given.get("Text")).strip():
            raise Problem("INVALID", "Η σημείωση είναι κενή")
        state = 50 if text(call.given.get("Internal")) in ("true", "1") else 10
        number = issues.add_note(call.db, row["id"], text(call.given["Text"]), state, call.actor, key)
    else:
        number = present["id"]
    _add(answer, "NoteNumber", number)


def set_state(call: Call, answer: etree._Element) -> None:
    """Change the state; any state may follow any."""
    row, state = _row(call.db, call.given), text(call.given.get("State"))
    issues.set_values(call.db, row, {"status": _status(state)}, call.actor)
    _add(answer, "State", state)


def list_states(_call: Call, answer: etree._Element) -> None:
    """The states and their labels."""
    for code, (_, label) in STATES.items():
        state = _add(answer, "State")
        _add(state, "Code", code)
        _add(state, "Label", label)


HANDLERS: dict[str, Handler] = {
    "CreateTicket": create_ticket,
    "GetTicket": get_ticket,
    "FindTickets": find_tickets,
    "AddNote": add_note,
    "SetState": set_state,
    "ListStates": list_states,
}


def answered(operation: str, call: Call) -> etree._Element:
    """The envelope that answers an operation. Raises `Problem`."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "t": TYPES})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    HANDLERS[operation](call, _add(body, f"{operation}Response"))
    return envelope


def _ticket(db: sqlite3.Connection, row: sqlite3.Row, parent: etree._Element) -> None:
    ticket = _add(parent, "Ticket")
    _add(ticket, "Number", row["id"])
    sql = "SELECT v.value FROM custom_values v JOIN custom_fields f ON f.id = v.field WHERE v.issue = ? AND f.name = ?"
    if reference := db.execute(sql, (row["id"], REFERENCE_FIELD)).fetchone():
        _add(ticket, "Reference", reference["value"])
    _add(ticket, "Title", row["summary"])
    _add(ticket, "Body", row["description"])
    _add(ticket, "Category", row["category"])
    _add(
        ticket, "State", next((code for code, (number, _) in STATES.items() if number == row["status"]), row["status"])
    )
    person = _add(ticket, "Requester")
    _add(person, "Mail", row["requester_mail"])
    if row["requester_name"]:
        _add(person, "Name", row["requester_name"])
    _add(ticket, "Opened", moment(row["submitted"]))
    _add(ticket, "Changed", moment(row["updated"]))
    for each in db.execute(
        "SELECT n.*, coalesce(u.name, '') AS author FROM notes n LEFT JOIN users u ON u.id = n.reporter"
        " WHERE n.issue = ? ORDER BY n.id",
        (row["id"],),
    ):
        note = _add(ticket, "Note")
        _add(note, "NoteNumber", each["id"])
        if each["note_key"]:
            _add(note, "Key", each["note_key"])
        _add(note, "Author", each["author"])
        _add(note, "Text", each["text"])
        _add(note, "Internal", "true" if each["view_state"] == 50 else "false")
        _add(note, "Written", moment(each["submitted"]))


def _row(db: sqlite3.Connection, given: Arguments) -> sqlite3.Row:
    number = whole(given.get("Number"))
    row = db.execute("SELECT * FROM issues WHERE id = ?", (number,)).fetchone()
    if not isinstance(row, sqlite3.Row):
        raise Problem("NOT_FOUND", f"Δεν υπάρχει δελτίο {number}")
    return row


def _status(code: str) -> int:
    if code not in STATES:
        raise Problem("UNKNOWN_STATE", f"Άγνωστη κατάσταση {code}")
    return STATES[code][0]


def _seconds(given: str) -> int:
    try:
        read = datetime.fromisoformat(given)
    except ValueError:
        raise Problem("INVALID", "Λάθος ημερομηνία") from None
    return int((read if read.tzinfo else read.replace(tzinfo=ATHENS)).timestamp())


def _add(parent: etree._Element, name: str, content: object = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{TYPES}}}{name}")
    if content is not None:
        element.text = str(content)
    return element
