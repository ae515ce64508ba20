"""Every mistake that validation can name: its stable word, how much it matters and its sentence.

A sentence may have places: `%(column)s` and `%(value)s` are always filled, the others by the check that finds the
mistake. `near` is the sentence used instead when there is a `%(suggestion)s`. The Greek ones are in
`locale/el/programme.po`; a test keeps that catalogue whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from kypek_sync.model import FindingLevel

_ERROR = FindingLevel.ERROR
_WARNING = FindingLevel.WARNING


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind of mistake is told."""

    level: FindingLevel
    message: str
    near: str = ""


WORDING: dict[str, Wording] = {
    # the file and its sheets
    "too-many-rows": Wording(
        _ERROR, "This sheet has more than %(most)s rows; those from here on were not read. Split the programme."
    ),
    "stray-sheet": Wording(_WARNING, "The sheet «%(sheet)s» was not read: it has no headings of a programme."),
    "second-sheet": Wording(
        _WARNING, "The sheet «%(sheet)s» was not read: the programme was read from the sheet «%(other)s»."
    ),
    "column-unknown": Wording(
        _WARNING,
        "The column «%(value)s» is not known and was not read.",
        "The column «%(value)s» is not known and was not read. Did you mean «%(suggestion)s»?",
    ),
    "column-twice": Wording(_WARNING, "The column «%(value)s» appears a second time; only the first was read."),
    "merged": Wording(
        _WARNING, "The cells %(range)s are merged. The value of the first was taken for each of these rows."
    ),
    "formula-empty": Wording(
        _ERROR, "This cell has a formula without a result. Open the file, save it again, or type the value itself."
    ),
    "cell-error": Wording(_ERROR, "The formula of this cell gives an error. Type the value itself."),
    "cell-long": Wording(_ERROR, "This cell has more than %(most)s characters. Shorten it."),
    "not-a-value": Wording(_ERROR, "«%(column)s» must be a simple value or a list of simple values."),
    # codes
    "code-alphabet": Wording(
        _ERROR,
        "The code «%(value)s» may have only Latin letters, digits, dot, hyphen and underscore, up to 40.",
        "The code «%(value)s» may have only Latin letters, digits, dot, hyphen and underscore, up to 40; "
        "for example %(suggestion)s.",
    ),
    "code-duplicate": Wording(_ERROR, "The code «%(value)s» is used by another seminar too, in row %(row)s."),
    "code-by-title": Wording(
        _WARNING,
        "The row has no code and «%(known)s» has the same title: it was taken for that seminar. If it is another one, "
        "give it another title or a new code.",
    ),
    "code-taken": Wording(_ERROR, "The code «%(value)s» belongs to a seminar of another structure."),
    "code-other-seminar": Wording(
        _ERROR,
        "The code «%(value)s» belongs to «%(known)s», with other dates. Clear the code if this is a new seminar. If it "
        "is the same, change the title in one file and the dates in the next.",
    ),
    "code-other-dates": Wording(
        _WARNING,
        "The code «%(value)s» belongs to «%(known)s», with other dates. It was taken for the same seminar; clear the "
        "code if it is a new one.",
    ),
    "code-other-title": Wording(
        _WARNING,
        "The code «%(value)s» belongs to «%(known)s», which takes this title now. Clear the code if it is a new "
        "seminar.",
    ),
    "code-earlier-year": Wording(
        _ERROR,
        "The code «%(value)s» belongs to «%(known)s», which was held in an earlier school year. Clear the code: this "
        "is a new seminar.",
    ),
    # the seminar
    "structure-empty": Wording(_ERROR, "Write which structure offers the seminar."),
    "structure-unknown": Wording(
        _ERROR,
        "There is no structure «%(value)s» in this centre.",
        "There is no structure «%(value)s» in this centre. Did you mean «%(suggestion)s»?",
    ),
    "structure-other": Wording(
        _ERROR, "This is the programme of «%(own)s»; seminars of «%(value)s» belong in that structure's own programme."
    ),
    "title-empty": Wording(_ERROR, "Write a title."),
    "title-long": Wording(_ERROR, "The title has %(length)s characters; up to %(most)s fit."),
    "form-empty": Wording(_ERROR, "Write how the seminar meets: in person, online or blended."),
    "form-unknown": Wording(_ERROR, "«%(value)s» is not a form. Write in person, online or blended."),
    "number-unreadable": Wording(_ERROR, "«%(value)s» is not a whole number."),
    "capacity-low": Wording(_ERROR, "There must be at least 1 seat; leave the cell empty if there is no limit."),
    "minimum-low": Wording(_ERROR, "The smallest number of participants cannot be below 0."),
    "minimum-above-capacity": Wording(
        _ERROR, "The smallest number of participants (%(value)s) is above the seats (%(capacity)s)."
    ),
    "hours-unreadable": Wording(_ERROR, "«%(value)s» is not a number of hours between 0 and 1000."),
    "status-unknown": Wording(_ERROR, "«%(value)s» is not a status. Leave it empty, or write ΑΚΥΡΩΘΗΚΕ."),
    "applications-unknown": Wording(
        _ERROR, "«%(value)s» does not say where people apply. Leave it empty, or write «Και από τη σελίδα»."
    ),
    "approval-unreadable": Wording(
        _ERROR,
        "«%(value)s» does not say whether seats need an approval. Leave it empty, or write «Ναι» or within how many "
        "days, 1 to %(most)s: 5 ημέρες",
    ),
    "enforcement-unknown": Wording(
        _ERROR,
        "«%(value)s» does not say what becomes of whoever is refused. Leave it empty, or write «Βγαίνουν από το "
        "μάθημα».",
    ),
    "enforcement-unable": Wording(
        _ERROR,
        "%(platform)s cannot end a membership that somebody began themselves: leave it empty, or choose a platform "
        "that can: %(able)s.",
    ),
    "enforcement-without-opening": Wording(
        _ERROR,
        "Nobody is taken out who was in the course before registration opened: write when it opens.",
    ),
    "status-ambiguous": Wording(
        _ERROR,
        "Is the whole seminar cancelled, or this session alone? Write ΑΚΥΡΩΘΗΚΕ in all its rows to cancel the "
        "seminar, or use the column «Κατάσταση συνεδρίας» for one session.",
    ),
    "platform-unknown": Wording(
        _ERROR,
        "There is no platform «%(value)s». Known: %(known)s.",
        "There is no platform «%(value)s». Did you mean «%(suggestion)s»?",
    ),
    "course-address": Wording(
        _ERROR, "«%(value)s» is not the address of a course. Copy it from the browser, with https:// in front."
    ),
    "mirror-nowhere": Wording(_ERROR, "«%(value)s» is on none of the platforms. Known: %(known)s."),
    "mirror-elsewhere": Wording(_ERROR, "«%(value)s» is not on %(platform)s, which is at %(home)s."),
    "mirror-server-twice": Wording(
        _ERROR,
        "The settings name the platform of «%(value)s» twice, as %(known)s: seminars that share a course would not "
        "know of each other. Ask the administrator to keep one of them.",
    ),
    "mirror-registration": Wording(
        _ERROR,
        "«%(value)s» is on %(platform)s, where people apply for this seminar. A teaching course must be on another "
        "platform.",
    ),
    "mirror-twice": Wording(
        _ERROR, "«%(value)s» is a second course on %(platform)s. Write one course for each platform."
    ),
    "course-taken": Wording(
        _ERROR,
        "In the course «%(value)s» people apply for %(other)s «%(title)s», and a course takes the applications of one "
        "seminar alone. Give this seminar another course.",
    ),
    "course-taught-in": Wording(
        _ERROR,
        "The course «%(value)s» is one in which %(other)s «%(title)s» is taught: its people would count as applicants "
        "here. Let people apply in another course.",
    ),
    "course-own": Wording(
        _ERROR, "«%(value)s» is the course where people apply for this very seminar. Clear one of the two cells."
    ),
    "course-wanted": Wording(
        _WARNING,
        "%(other)s «%(title)s» names the course «%(value)s» too and is kept back: people apply for one seminar alone "
        "in a course.",
    ),
    # parts
    "part-unreadable": Wording(_ERROR, "«%(value)s» is not a part. Write its name and how many fit: πρωινό (20)."),
    "part-id": Wording(
        _ERROR, "«%(value)s» cannot be the id of a part: write up to 20 small Latin letters, digits or hyphens."
    ),
    "part-bare-number": Wording(
        _ERROR,
        "«%(value)s»: did you mean «%(part)s (%(number)s)», with %(number)s seats? If the number is of the name, write "
        "an id behind it: «%(value)s [%(id)s]».",
    ),
    "part-duplicate": Wording(_ERROR, "The part «%(value)s» is there twice."),
    "part-id-twice": Wording(
        _ERROR, "The parts «%(other)s» and «%(value)s» have the same id, %(id)s. Write another one behind one of them."
    ),
    "part-original-twice": Wording(
        _ERROR,
        "«[αρχικό]» stands behind «%(other)s» and behind «%(value)s»: the course that the seminar had before can be "
        "that of one part alone. Keep it behind one of them.",
    ),
    "part-capacity": Wording(
        _ERROR, "«%(value)s» is not how many fit into the part «%(part)s»: write a number from 1."
    ),
    "part-above-capacity": Wording(
        _ERROR, "The part «%(part)s» has more seats (%(value)s) than the whole seminar (%(capacity)s)."
    ),
    "parts-capacity": Wording(
        _WARNING,
        "The parts have %(value)s seats together and the seminar %(capacity)s: no more than those of the seminar are "
        "given.",
    ),
    "part-unknown": Wording(
        _ERROR,
        "The seminar has no part «%(value)s». Its parts: %(known)s.",
        "The seminar has no part «%(value)s». Did you mean «%(suggestion)s»?",
    ),
    "course-of-no-part": Wording(
        _ERROR, "Write the name of the part in front of the address «%(value)s», with a colon. The parts: %(known)s."
    ),
    "course-part-twice": Wording(_ERROR, "«%(value)s» is a second course of the part «%(part)s»."),
    "repeated-differs": Wording(
        _WARNING, "«%(column)s» differs from the seminar's first row (row %(row)s). Only the first row counts."
    ),
    "no-sessions": Wording(_WARNING, "The seminar has no sessions yet."),
    # registration
    "registration-order": Wording(_ERROR, "Registration closes (%(closes)s) before it opens (%(opens)s)."),
    "registration-late": Wording(_ERROR, "Registration closes (%(closes)s) after the seminar starts (%(starts)s)."),
    "registration-opens-late": Wording(_ERROR, "Registration opens (%(opens)s) after the seminar starts (%(starts)s)."),
    # whom it is for
    "specialty-unknown": Wording(
        _ERROR,
        "There is no specialty «%(value)s». Write codes such as ΠΕ86 or ΠΕ04.01.",
        "There is no specialty «%(value)s». Did you mean %(suggestion)s?",
    ),
    "specialty-look-alike": Wording(
        _WARNING, "«%(value)s» was typed with Latin letters; it was read as %(suggestion)s."
    ),
    "specialty-stale": Wording(_WARNING, "«%(value)s» is an old code; it was read as %(suggestion)s (law 4521/2018)."),
    "directorate-unknown": Wording(
        _ERROR,
        "There is no directorate «%(value)s».",
        "There is no directorate «%(value)s». Did you mean «%(suggestion)s»?",
    ),
    "unit-kind-unknown": Wording(
        _ERROR,
        "«%(value)s» is not a kind of unit. Known: %(known)s.",
        "«%(value)s» is not a kind of unit. Did you mean «%(suggestion)s»?",
    ),
    "unit-unknown": Wording(
        _ERROR,
        "The directory has no unit «%(value)s». Write its code, or its name as the directory has it.",
        "The directory has no unit «%(value)s». Did you mean «%(suggestion)s»?",
    ),
    "unit-ambiguous": Wording(
        _ERROR, "«%(value)s» is the name or code of several units. Write the code of the one you mean: %(known)s."
    ),
    "role-unknown": Wording(
        _ERROR,
        "«%(value)s» is not a role. Known: %(known)s.",
        "«%(value)s» is not a role. Did you mean «%(suggestion)s»?",
    ),
    "login-unreadable": Wording(_ERROR, "«%(value)s» is not a school-network login."),
    "person-unknown": Wording(_WARNING, "The login «%(value)s» is not in the directory."),
    # who goes first
    "group-unknown": Wording(
        _ERROR,
        "«%(value)s» is no group of people. Write specialties, kinds of unit, roles, directorates, schools, «νέοι» or "
        "«απομακρυσμένα σχολεία».",
        "«%(value)s» is no group of people. Did you mean «%(suggestion)s»?",
    ),
    "group-long": Wording(
        _ERROR, "«%(value)s…» has more than %(most)s characters. Write each group on a line of its own."
    ),
    "group-twice": Wording(
        _ERROR, "«%(value)s»: a plus means that both must be met. Put a comma between what may be the one or the other."
    ),
    "remote-unnamed": Wording(
        _ERROR,
        "The settings do not say which schools are remote. Ask the administrator to name them under «remote», or write "
        "the schools here.",
    ),
    "priority-without-date": Wording(
        _ERROR,
        "Who goes first is decided once all have applied: write when registration ends, or when the applications are "
        "decided.",
    ),
    "decide-late": Wording(
        _ERROR, "The applications would be decided (%(decide)s) after the seminar starts (%(starts)s)."
    ),
    "decide-early": Wording(
        _ERROR, "The applications would be decided (%(decide)s) before registration opens (%(opens)s)."
    ),
    "leave-late": Wording(
        _ERROR, "A seat could be given up in time (%(leave)s) after the seminar starts (%(starts)s)."
    ),
    "reserved-unreadable": Wording(
        _ERROR, "«%(value)s» does not say how many seats are kept for whom. Write it as: 5 για ΠΕ04 έως 1/3/2027"
    ),
    "reserved-without-seats": Wording(
        _ERROR, "The seminar has no limit of seats, so that none can be kept. Write how many it has."
    ),
    "reserved-above-capacity": Wording(_ERROR, "More seats are kept (%(value)s) than the seminar has (%(capacity)s)."),
    "reserved-without-date": Wording(
        _ERROR, "Write until when the seats are kept, or when registration ends: 5 για ΠΕ04 έως 1/3/2027"
    ),
    "reserved-late": Wording(_ERROR, "Seats would be kept (%(until)s) after the seminar starts (%(starts)s)."),
    "series-long": Wording(_ERROR, "The name of a series has at most %(most)s characters."),
    # lists of applicants
    "list-too-long": Wording(_ERROR, "This list has more than %(most)s rows. Split it."),
    "applicant-missing": Wording(_ERROR, "This row has no login. Write it, or delete the row."),
    "applicant-unreadable": Wording(
        _ERROR, "This is not a school-network login. Write it in Latin letters, as it stands before @sch.gr."
    ),
    "applicant-twice": Wording(_ERROR, "«%(value)s» is in row %(row)s already. Delete one of the two rows."),
    "applied-later": Wording(_ERROR, "«%(value)s» has yet to come: nobody can have applied then. Correct the moment."),
    "moment-is-number": Wording(
        _ERROR, "Here stands a number and no date. Write it as 12/3/2027 10:30, or leave it empty."
    ),
    "applicant-without-part": Wording(
        _ERROR, "Write under «Τμήμα» which part of the seminar this application is for: %(known)s."
    ),
    # who teaches
    "trainer-unclear": Wording(
        _ERROR, "«%(value)s» is neither a login nor a name with an e-mail. Write it as: Μαρία Νίκου <mnikou@example.gr>"
    ),
    "trainer-unknown": Wording(_WARNING, "The trainer's login «%(value)s» is not in the directory."),
    "trainer-overlap": Wording(
        _ERROR, "%(trainer)s also teaches in «%(other)s» at that time (%(moment)s, row %(row)s)."
    ),
    "trainer-overlap-first": Wording(
        _WARNING, "%(trainer)s also teaches in «%(other)s» at that time (%(moment)s, row %(row)s)."
    ),
    # sessions
    "session-orphan": Wording(
        _ERROR,
        "There is no seminar with the code «%(value)s».",
        "There is no seminar with the code «%(value)s». Did you mean «%(suggestion)s»?",
    ),
    "session-without-seminar": Wording(_ERROR, "Write the code of the seminar to which this session belongs."),
    "session-number": Wording(_ERROR, "«%(value)s» is not a session number; these are 1, 2, 3 and so on."),
    "session-number-duplicate": Wording(_ERROR, "The seminar has session %(value)s twice, also in row %(row)s."),
    "session-overlap": Wording(_ERROR, "Sessions %(first)s and %(second)s of the seminar overlap."),
    "session-long": Wording(_ERROR, "The session would last %(length)s hours; no session lasts more than 12."),
    "session-form-empty": Wording(
        _WARNING, "The seminar is blended: write for each session whether it meets in person or online."
    ),
    "place-missing": Wording(_WARNING, "The session meets in person: write where."),
    "date-empty": Wording(_ERROR, "Write the date of the session."),
    "date-unreadable": Wording(_ERROR, "«%(value)s» is not a date. Write it as 12/3/2027."),
    "date-several": Wording(_ERROR, "«%(value)s» has several dates. Write each session in a row of its own."),
    "date-weekday": Wording(_ERROR, "«%(value)s»: %(date)s is another day of the week. Correct the day or the date."),
    "date-outside-year": Wording(_WARNING, "%(date)s is outside the school year %(year)s."),
    "start-missing": Wording(_ERROR, "Write the hour at which the session starts."),
    "end-missing": Wording(_ERROR, "Write the hour at which the session ends."),
    "time-unreadable": Wording(_ERROR, "«%(value)s» is not a time. Write it as 17:00."),
    "time-odd": Wording(_WARNING, "The session starts at %(value)s. If you meant the afternoon, write it as 17:00."),
    "ends-before-start": Wording(_ERROR, "The session ends (%(ends)s) before it starts (%(starts)s)."),
    "time-gap": Wording(
        _ERROR, "On %(date)s the time %(time)s does not exist: clocks go forward an hour. Choose another hour."
    ),
    "time-twice": Wording(
        _WARNING, "On %(date)s the time %(time)s comes twice: clocks go back an hour. The first was taken."
    ),
}
