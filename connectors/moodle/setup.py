"""What an administrator of Moodle must create, step by step, in Greek and in English: words only."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.moodle.needs import functions, permissions
from kypek_sync.contract import Capability

_GREEK = """\
ΤΙ ΧΡΕΙΑΖΕΤΑΙ ΣΤΟ MOODLE

1. Διαχείριση ιστοτόπου > Διακομιστής > Υπηρεσίες ιστού: ενεργοποιήστε τις υπηρεσίες ιστού και το πρωτόκολλο REST.
2. Δημιουργήστε έναν λογαριασμό (π.χ. kypek-sync), γλώσσα English, ζώνη ώρας Europe/Athens· όχι διαχειριστή.
3. Δημιουργήστε έναν ρόλο για το πλαίσιο «Σύστημα» με τα παρακάτω δικαιώματα. Επιτρέψτε του να αναθέτει τους ρόλους
   Φοιτητής ({student}), Διδάσκων χωρίς επεξεργασία ({assistant}) και Διδάσκων ({trainer}). Δώστε τον στον λογαριασμό:
{permissions}
4. Δημιουργήστε μια εξωτερική υπηρεσία με τις παρακάτω συναρτήσεις, μόνο για εξουσιοδοτημένους χρήστες, και προσθέστε
   τον λογαριασμό· το «valid until» του χρήστη αφήστε το κενό (το Moodle το συγκρίνει ανάποδα):
{functions}
5. Δημιουργήστε ένα διακριτικό (token) για τον λογαριασμό και την υπηρεσία. Γράψτε την ημερομηνία λήξης του στο
   «token_expires».
6. Δημιουργήστε μια προσαρμοσμένη αναφορά με πηγή «Course participants» και στήλες, με αυτή τη σειρά: Course ID number,
   User ID number, Username, Enrolment time created, Enrolment status, Enrolment plugin, Role short name. Στα φίλτρα
   (Filters) προσθέστε το Time created. Κοινό (Audience): μόνο ο λογαριασμός. Γράψτε τον αριθμό της στο «report».
7. Στα μαθήματα όπου γίνονται αιτήσεις ενεργοποιήστε τη μέθοδο «Αυτο-εγγραφή»· καμία υπηρεσία ιστού δεν την προσθέτει.
8. Αν δεν θέλετε να στέλνεται μήνυμα καλωσορίσματος σε όσους εγγράφουμε: Πρόσθετα > Εγγραφές > Χειροκίνητες εγγραφές,
   απενεργοποιήστε το.
9. Γράψτε στο «canary» το όνομα χρήστη κάποιου που έχει σίγουρα λογαριασμό, και τρέξτε «kypek-sync check».
"""

_ENGLISH = """\
WHAT IS NEEDED IN MOODLE

1. Site administration > Server > Web services: enable web services and the REST protocol.
2. Create an account (e.g. kypek-sync), language English, time zone Europe/Athens; not an administrator.
3. Create a role for the context «System» with the capabilities below, allow it to assign the roles Student ({student}),
   Non-editing teacher ({assistant}) and Teacher ({trainer}), and give it to the account:
{permissions}
4. Create an external service with the functions below, for authorised users only, and add the account; leave the user's
   own «valid until» empty (Moodle compares it the wrong way round):
{functions}
5. Create a token for the account and the service. Put its last day into `token_expires`.
6. Create a custom report with the source «Course participants» and, in this order, the columns Course ID number,
   User ID number, Username, Enrolment time created, Enrolment status, Enrolment plugin, Role short name. Add the filter
   Time created. Audience: the account alone. Put its number into `report`.
7. In courses where people apply switch on the method «Self enrolment»; no web service can add it.
8. If those whom we enrol should not get a welcome message: Plugins > Enrolments > Manual enrolments, switch it off.
9. Put the username of somebody who certainly has an account into `canary`, and run `kypek-sync check`.
"""


def instructions(student: int, assistant: int, trainer: int, extras: Iterable[Capability] = ()) -> str:
    """Both texts, with the numbers of the roles as they are set, and what the `extras` in use need."""
    used = tuple(extras)
    blanks = {
        "student": student,
        "assistant": assistant,
        "trainer": trainer,
        "permissions": _indented(permissions(used)),
        "functions": _indented(functions(used)),
    }
    return "\n".join(text.format(**blanks) for text in (_GREEK, _ENGLISH)).rstrip()


def _indented(names: tuple[str, ...]) -> str:
    return "\n".join(f"     {name}" for name in names)
