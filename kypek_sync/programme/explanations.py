"""What the template tells an officer about each column: English message ids, Greek in the catalogue."""

from __future__ import annotations

from kypek_sync.programme.headings import Field

EXPLANATIONS: dict[Field, str] = {
    Field.CODE: "Leave it empty for a new seminar: the code is given at the check and comes back in the answer. "
    "Never change it afterwards; everything is matched by it.",
    Field.TITLE: "The seminar's title, up to 255 characters.",
    Field.DESCRIPTION: "What teachers read before they apply: contents, aims, what to bring.",
    Field.FORM: "In person, online or blended.",
    Field.CAPACITY: "How many can attend. Empty: no limit.",
    Field.MINIMUM: "With fewer than these the seminar may not take place. Empty: no minimum.",
    Field.HOURS: "Hours in all, as they will be certified.",
    Field.SPECIALTIES: "Codes such as ΠΕ86, ΠΕ04.01, separated by commas. ΠΕ04 covers all of ΠΕ04. Empty: everybody.",
    Field.DIRECTORATES: "Directorates whose teachers may attend, e.g. ΔΔΕ Α΄ Αθήνας, separated by commas. Empty: all.",
    Field.UNIT_KINDS: "Kinds of school, e.g. Γυμνάσιο, Λύκειο, separated by commas. Empty: all.",
    Field.UNITS: "Schools by name or code, separated by semicolons. Empty: all.",
    Field.ROLES: "Roles in school, e.g. Διευθυντής. Empty: all.",
    Field.PEOPLE: "Logins of people who are admitted whatever the rest says, separated by commas.",
    Field.OPENS: "From when applications are taken, e.g. 19/10/2026 or 19/10/2026 08:00. Empty: at once.",
    Field.CLOSES: "Until when applications are taken; a day counts whole. Not after the seminar starts.",
    Field.TRAINERS: "Logins, or name and e-mail for others: Μαρία Νίκου <mnikou@example.gr>. Separated by semicolons.",
    Field.PLATFORM: "Where the seminar's course is made. Empty: the centre's own choice.",
    Field.COURSE: "The address of an existing course that should be used instead of a new one.",
    Field.MIRRORS: "More platforms on which the seminar is also taught, separated by commas, or the address of an "
    "existing course there, perhaps one that several seminars share.",
    Field.STATUS: "ΑΚΥΡΩΘΗΚΕ cancels. Deleting the row does not cancel anything.",
    Field.STRUCTURE: "The structure that offers it. Empty: the one whose programme this is.",
    Field.PARTS: "Groups that meet apart, each with a course of its own, one on a line or parted by semicolons, with "
    "how many fit: πρωινό (20); απογευματινό (15). ΑΚΥΡΩΘΗΚΕ behind one cancels it alone. Empty: the seminar is not "
    "divided.",
    Field.SERIES: "The series whose edition this is, the same word every time. Empty: seminars with the same title.",
    Field.PRIORITY: "Who goes before the others, one group on a line: ΠΕ86, ΠΕ04 · νέοι · απομακρυσμένα σχολεία. "
    "Nobody has a seat before the applications are decided together. Empty: first come, first served.",
    Field.DECIDE: "When the applications are decided together; a day counts whole. Empty: with a priority when "
    "registration ends, else each at once.",
    Field.RESERVED: "Seats kept for some, one group on a line: 5 για ΠΕ04 έως 1/3/2027. Without a date until "
    "registration ends; then they are anybody's. Empty: none.",
    Field.APPLICATIONS: "«Και από τη σελίδα»: people may apply on the seminar's page too, signed in. Empty: on the "
    "platform; on the page where the platform does not tell who applies.",
    Field.APPROVAL: "«Ναι», or within how many days: 5 ημέρες. Each seat then waits until the officer approves it; "
    "after that it may go to the next one. Empty: no approval.",
    Field.ENFORCEMENT: "«Βγαίνουν από το μάθημα»: whoever is refused is told, and a day later taken out of the course; "
    "only on a platform that can do it. Empty: they stay in it, without a seat.",
    Field.LEAVE_BY: "Until when a seat can be given up in time; a day counts whole. Whoever leaves later frees the "
    "seat all the same, and it is noted that it was late. Empty: no deadline.",
    Field.NUMBER: "1, 2, 3 and so on within the seminar. It stays the same when the date moves.",
    Field.DATE: "The day, e.g. 12/3/2027 or Παρ 12 Μαρ.",
    Field.STARTS: "From what hour, e.g. 17:00.",
    Field.ENDS: "Until what hour, e.g. 20:00.",
    Field.PLACE: "Where, for a session in person.",
    Field.TOPIC: "What this session is about, if it has a subject of its own.",
    Field.SESSION_FORM: "In person or online. Empty: as the seminar.",
    Field.SESSION_STATUS: "ΑΚΥΡΩΘΗΚΕ cancels this session alone.",
    Field.PART: "Which part meets, as in «Τμήματα». Empty: all of them.",
}

GUIDE: tuple[str, ...] = (
    "Write each seminar in a row of the sheet «Σεμινάρια» and each of its meetings in a row of the sheet «Συνεδρίες».",
    "In «Συνεδρίες» name the seminar by its code, or by its title while it has no code yet.",
    "Dates may be written as %(date)s, times as 17:00. A missing year is taken from the school year.",
    "The grey row with the code %(example)s is an example and is never read.",
    "Send the file in: it comes back with every mistake marked in its cell and with the new codes. "
    "Go on with that copy.",
    "A mistake keeps back its own seminar only. Deleting a row cancels nothing: write ΑΚΥΡΩΘΗΚΕ under «Κατάσταση».",
)
