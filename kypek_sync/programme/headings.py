"""The columns of a programme and the headings under which an officer may write them.

The first heading of each field is ours, used in templates; the others are understood. Case, accents, spaces and
punctuation do not matter. English names are for YAML.
"""

from __future__ import annotations

from enum import StrEnum

from kypek_sync.programme.letters import squeeze


class Field(StrEnum):
    """What a column says. Those from `NUMBER` on belong to a session; one-sheet forms have both kinds in a row."""

    CODE = "code"
    TITLE = "title"
    DESCRIPTION = "description"
    FORM = "form"
    CAPACITY = "capacity"
    MINIMUM = "minimum"
    HOURS = "hours"
    SPECIALTIES = "specialties"
    DIRECTORATES = "directorates"
    UNIT_KINDS = "unit_kinds"
    UNITS = "units"
    ROLES = "roles"
    PEOPLE = "people"
    OPENS = "opens"
    CLOSES = "closes"
    TRAINERS = "trainers"
    PLATFORM = "platform"
    COURSE = "course"
    MIRRORS = "mirrors"
    STATUS = "status"
    STRUCTURE = "structure"
    PARTS = "parts"
    SERIES = "series"
    PRIORITY = "priority"
    DECIDE = "decide"
    RESERVED = "reserved"
    APPLICATIONS = "applications"
    APPROVAL = "approval"
    ENFORCEMENT = "enforcement"
    LEAVE_BY = "leave_by"
    NUMBER = "number"
    DATE = "date"
    STARTS = "starts"
    ENDS = "ends"
    PLACE = "place"
    TOPIC = "topic"
    SESSION_FORM = "session_form"
    SESSION_STATUS = "session_status"
    PART = "part"
    COUNTER = "counter"


SEMINAR_HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.CODE: ("Κωδικός", "Κωδ.", "Κωδικός σεμιναρίου", "Κωδικός δράσης", "code", "id"),
    Field.TITLE: ("Τίτλος", "Τίτλος σεμιναρίου", "Τίτλος δράσης", "Σεμινάριο", "Δράση", "Θέμα σεμιναρίου", "title"),
    Field.DESCRIPTION: ("Περιγραφή", "Σύντομη περιγραφή", "Περίληψη", "Περιεχόμενο", "Στόχοι", "description"),
    Field.FORM: ("Μορφή", "Μορφή σεμιναρίου", "Τρόπος υλοποίησης", "Τρόπος διεξαγωγής", "Τρόπος", "Υλοποίηση", "form"),
    Field.CAPACITY: (
        "Θέσεις",
        "Αριθμός θέσεων",
        "Διαθέσιμες θέσεις",
        "Μέγιστος αριθμός",
        "Μέγιστος αριθμός συμμετεχόντων",
        "Χωρητικότητα",
        "capacity",
        "seats",
    ),
    Field.MINIMUM: (
        "Ελάχιστος αριθμός",
        "Ελάχιστες θέσεις",
        "Ελάχιστοι συμμετέχοντες",
        "Ελάχιστος αριθμός συμμετεχόντων",
        "Ελάχιστο",
        "minimum",
    ),
    Field.HOURS: (
        "Ώρες",
        "Διάρκεια σε ώρες",
        "Διάρκεια",
        "Σύνολο ωρών",
        "Ώρες επιμόρφωσης",
        "Διδακτικές ώρες",
        "hours",
    ),
    Field.SPECIALTIES: ("Ειδικότητες", "Ειδικότητα", "Κλάδος", "Κλάδοι", "Κλάδοι ειδικότητες", "specialties"),
    Field.DIRECTORATES: ("Διευθύνσεις", "Διεύθυνση", "Διεύθυνση εκπαίδευσης", "Δ/νσεις", "Δ/νση", "directorates"),
    Field.UNIT_KINDS: ("Τύποι μονάδων", "Τύπος μονάδας", "Τύποι σχολείων", "Τύπος σχολείου", "Βαθμίδα", "unit_kinds"),
    Field.UNITS: ("Σχολεία", "Σχολείο", "Σχολικές μονάδες", "Σχολική μονάδα", "Μονάδες", "units", "schools"),
    Field.ROLES: ("Ρόλοι", "Ρόλος", "Ιδιότητα", "roles"),
    Field.PEOPLE: ("Άτομα", "Πρόσωπα", "Λογαριασμοί", "Ονομαστικά", "people"),
    Field.OPENS: (
        "Έναρξη αιτήσεων",
        "Άνοιγμα αιτήσεων",
        "Αιτήσεις από",
        "Έναρξη εγγραφών",
        "Έναρξη δηλώσεων",
        "registration_opens",
        "opens",
    ),
    Field.CLOSES: (
        "Λήξη αιτήσεων",
        "Αιτήσεις έως",
        "Αιτήσεις μέχρι",
        "Λήξη εγγραφών",
        "Λήξη δηλώσεων",
        "Προθεσμία",
        "Προθεσμία αιτήσεων",
        "Δηλώσεις έως",
        "registration_closes",
        "closes",
    ),
    Field.TRAINERS: (
        "Επιμορφωτές",
        "Επιμορφωτής",
        "Επιμορφώτρια",
        "Επιμορφώτριες",
        "Επιμορφωτές/τριες",
        "Επιμορφωτής/τρια",
        "Εισηγητές",
        "Εισηγητής",
        "Εισηγήτρια",
        "Εισηγητές/τριες",
        "Διδάσκοντες",
        "trainers",
    ),
    Field.PLATFORM: ("Πλατφόρμα", "Πλατφόρμα μαθήματος", "platform"),
    Field.COURSE: ("Υπάρχον μάθημα", "Διεύθυνση μαθήματος", "Μάθημα", "course", "course_address"),
    Field.MIRRORS: ("Μαθήματα-καθρέφτες", "Καθρέφτες", "Και στις πλατφόρμες", "mirrors"),
    Field.STATUS: ("Κατάσταση", "Κατάσταση σεμιναρίου", "status"),
    Field.STRUCTURE: ("Δομή", "Φορέας", "Υπηρεσία", "structure"),
    Field.PARTS: ("Τμήματα", "Τμήματα σεμιναρίου", "parts"),
    Field.SERIES: ("Σειρά", "Σειρά σεμιναρίων", "Κύκλος", "series"),
    Field.PRIORITY: ("Προτεραιότητα", "Προτεραιότητες", "Σειρά προτεραιότητας", "Προηγούνται", "priority"),
    Field.DECIDE: ("Κρίση αιτήσεων", "Ημερομηνία κρίσης", "Ημερομηνία επιλογής", "Κλήρωση", "decide", "decide_at"),
    Field.RESERVED: ("Κρατημένες θέσεις", "Δεσμευμένες θέσεις", "Κράτηση θέσεων", "reserved"),
    Field.APPLICATIONS: (
        "Αιτήσεις",
        "Αιτήσεις από τη σελίδα",
        "Αιτήσεις στη σελίδα",
        "Υποβολή αιτήσεων",
        "Τρόπος αίτησης",
        "applications",
    ),
    Field.APPROVAL: ("Έγκριση", "Έγκριση αιτήσεων", "Έγκριση θέσεων", "Έγκριση υπευθύνου", "Με έγκριση", "approval"),
    Field.ENFORCEMENT: ("Όσοι απορρίπτονται", "Όσοι δεν γίνονται δεκτοί", "Απορριφθέντες", "enforcement"),
    Field.LEAVE_BY: (
        "Αποχώρηση έως",
        "Προθεσμία αποχώρησης",
        "Ακύρωση συμμετοχής έως",
        "Προθεσμία ακύρωσης",
        "leave_by",
    ),
}

SESSION_HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.NUMBER: (
        "Αριθμός",
        "Αριθμός συνεδρίας",
        "Αρ. συνεδρίας",
        "Συνεδρία",
        "Συνάντηση",
        "Αριθμός συνάντησης",
        "number",
    ),
    Field.DATE: (
        "Ημερομηνία",
        "Ημερομηνία συνεδρίας",
        "Ημερομηνία υλοποίησης",
        "Ημερομηνία διεξαγωγής",
        "Ημ/νία",
        "Ημερ/νία",
        "Ημέρα",
        "Πότε",
        "date",
    ),
    Field.STARTS: ("Ώρα έναρξης", "Έναρξη", "Από", "Ώρα", "Από ώρα", "starts", "start"),
    Field.ENDS: ("Ώρα λήξης", "Λήξη", "Έως", "Μέχρι", "Έως ώρα", "ends", "end"),
    Field.PLACE: ("Χώρος", "Τόπος", "Τοποθεσία", "Πού", "Αίθουσα", "Χώρος υλοποίησης", "Τόπος διεξαγωγής", "place"),
    Field.TOPIC: ("Θέμα", "Θέμα συνεδρίας", "Αντικείμενο", "topic"),
    Field.SESSION_FORM: ("Μορφή συνεδρίας", "session_form"),
    Field.SESSION_STATUS: ("Κατάσταση συνεδρίας", "session_status"),
    Field.PART: ("Τμήμα", "Τμήμα συνεδρίας", "part"),
}

# A counter of rows that people add by habit; it says nothing.
COUNTERS = ("Α/Α", "ΑΑ", "Αύξων αριθμός", "#", "Παρατηρήσεις", "Σχόλια", "Σημειώσεις", "notes")

SEMINARS_SHEET = "Σεμινάρια"
SESSIONS_SHEET = "Συνεδρίες"
FINDINGS_SHEET = "Παρατηρήσεις"
GUIDE_SHEET = "Οδηγίες"
LISTS_SHEET = "Λίστες"

SEMINAR_SHEET_NAMES = (SEMINARS_SHEET, "Σεμινάριο", "Πρόγραμμα", "Σχέδιο δράσης", "Δράσεις", "seminars")
SESSION_SHEET_NAMES = (SESSIONS_SHEET, "Συνεδρία", "Συναντήσεις", "Ημερομηνίες", "sessions")
EXAMPLE_CODE = "ΠΑΡΑΔΕΙΓΜΑ"
OWN_SHEETS = (FINDINGS_SHEET, GUIDE_SHEET, LISTS_SHEET)

# In a sheet of sessions these plain words speak of the session.
_IN_SESSIONS = {Field.FORM: Field.SESSION_FORM, Field.STATUS: Field.SESSION_STATUS, Field.TITLE: Field.TITLE}


def heading(field: Field) -> str:
    """Our own name of a column, as the template writes it."""
    if field is Field.SESSION_FORM:
        return "Μορφή"
    if field is Field.SESSION_STATUS:
        return "Κατάσταση"
    return (SEMINAR_HEADINGS.get(field) or SESSION_HEADINGS.get(field) or ("",))[0]


def _forms(headings: dict[Field, tuple[str, ...]]) -> dict[str, Field]:
    return {squeeze(word): field for field, words in headings.items() for word in words}


_COUNTERS = {squeeze(word) or word: Field.COUNTER for word in COUNTERS}
_OF_SEMINARS = {**_forms(SESSION_HEADINGS), **_forms(SEMINAR_HEADINGS), **_COUNTERS}
_OF_SESSIONS = {
    **{form: _IN_SESSIONS.get(field, field) for form, field in _forms(SEMINAR_HEADINGS).items()},
    **_forms(SESSION_HEADINGS),
    **_COUNTERS,
}


def understood(words: str, *, in_sessions: bool) -> Field | None:
    """The field that a heading names, None for one that nobody knows. Notes in brackets are set aside."""
    known = _OF_SESSIONS if in_sessions else _OF_SEMINARS
    whole = known.get(squeeze(words) or words.strip())
    return whole or known.get(squeeze(words.split("(")[0].rstrip("* :")))


def known_forms(*, in_sessions: bool) -> dict[str, str]:
    """Compared form → our heading, for a did-you-mean."""
    known = _OF_SESSIONS if in_sessions else _OF_SEMINARS
    return {form: heading(field) for form, field in known.items() if heading(field)}


def names_sheet(name: str, names: tuple[str, ...]) -> bool:
    """Whether a sheet's name is one of those."""
    return squeeze(name) in {squeeze(n) for n in names}
