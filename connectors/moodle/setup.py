"""What an administrator of Moodle must create, step by step, in Greek and in English: words only."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.moodle.needs import functions, permissions
from kypek_sync.contract import Capability

_GREEK = """\
ΤΙ ΧΡΕΙΑΖΕΤΑΙ ΣΤΟ MOODLE

Τα ονόματα των επιλογών δίνονται και όπως φαίνονται στα αγγλικά, γιατί οι μεταφράσεις του Moodle διαφέρουν.

1. Διαχείριση ιστοτόπου (Site administration) > General > Advanced features: ενεργοποιήστε το Enable web services.
   Server > Web services > Manage protocols: ενεργοποιήστε το REST.
2. Δημιουργήστε έναν λογαριασμό (π.χ. kypek-sync): μέθοδος Manual accounts, γλώσσα English, ζώνη ώρας Europe/Athens,
   όχι διαχειριστή.
3. Users > Permissions > Define roles: δημιουργήστε έναν ρόλο για το πλαίσιο «Σύστημα» (System) με τα παρακάτω
   δικαιώματα. Στην καρτέλα Allow role assignments επιτρέψτε του να αναθέτει τους ρόλους Φοιτητής ({student}), Διδάσκων
   χωρίς επεξεργασία ({assistant}) και Διδάσκων ({trainer}). Δώστε τον στον λογαριασμό από το Assign system roles:
{permissions}
4. Server > Web services > External services: δημιουργήστε μια υπηρεσία, Enabled και Authorised users only, με τις
   παρακάτω συναρτήσεις, και προσθέστε τον λογαριασμό στο Authorised users· εκεί το «Valid until» του αφήστε το κενό (το
   Moodle το συγκρίνει ανάποδα):
{functions}
5. Server > Web services > Manage tokens: δημιουργήστε ένα διακριτικό (token) για τον λογαριασμό και την υπηρεσία.
   Γράψτε την ημερομηνία λήξης του στο «token_expires».
6. Reports > Report builder > Custom reports: δημιουργήστε μια αναφορά με πηγή «Course participants» χωρίς το «Include
   default setup», που θα έκρυβε όσους είναι σε αναστολή. Στήλες: Course > Course ID number, User > Username,
   Enrolment > Time created, Enrolment method > Plugin. Φίλτρα (Filters): Enrolment > Time created. Συνθήκες
   (Conditions): καμία. Κοινό (Audience): μόνο ο λογαριασμός. Γράψτε τον αριθμό της, από τη διεύθυνσή της, στο «report».
7. Στα μαθήματα όπου γίνονται αιτήσεις ενεργοποιήστε τη μέθοδο «Αυτο-εγγραφή» (Self enrolment)· καμία υπηρεσία ιστού δεν
   την προσθέτει. Για όλα τα νέα μαθήματα: Plugins > Enrolments > Self enrolment, ενεργοποιήστε τα Add instance to new
   courses, Keep current self enrolments active και Allow new self enrolments.
8. Αν δεν θέλετε να στέλνεται μήνυμα καλωσορίσματος σε όσους εγγράφουμε στα νέα μαθήματα: Plugins > Enrolments > Manual
   enrolments > Send course welcome message: No.
9. Γράψτε στο «canary» το όνομα χρήστη κάποιου που έχει σίγουρα λογαριασμό, και τρέξτε «kypek-sync check».
"""

_ENGLISH = """\
WHAT IS NEEDED IN MOODLE

1. Site administration > General > Advanced features: Enable web services. Server > Web services > Manage protocols:
   enable REST.
2. Create an account (e.g. kypek-sync): method Manual accounts, language English, time zone Europe/Athens; not an
   administrator.
3. Users > Permissions > Define roles: create a role for the context «System» with the capabilities below. Under Allow
   role assignments let it assign the roles Student ({student}), Non-editing teacher ({assistant}) and Teacher
   ({trainer}). Give it to the account under Assign system roles:
{permissions}
4. Server > Web services > External services: create a service, Enabled and Authorised users only, with the functions
   below, and add the account under Authorised users; leave its «Valid until» there empty (Moodle compares it the wrong
   way round):
{functions}
5. Server > Web services > Manage tokens: create a token for the account and the service. Put its last day into
   `token_expires`.
6. Reports > Report builder > Custom reports: create a report with the source «Course participants» and without «Include
   default setup», which would hide those who are suspended. Columns: Course > Course ID number, User > Username,
   Enrolment > Time created, Enrolment method > Plugin. Filters: Enrolment > Time created. Conditions: none. Audience:
   the account alone. Put its number, from its address, into `report`.
7. In courses where people apply switch on the method «Self enrolment»; no web service can add it. For all new courses:
   Plugins > Enrolments > Self enrolment, switch on Add instance to new courses, Keep current self enrolments active and
   Allow new self enrolments.
8. If those whom we enrol in new courses should not get a welcome message: Plugins > Enrolments > Manual enrolments >
   Send course welcome message: No.
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
