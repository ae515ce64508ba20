"""Twelve seminars as structures of a centre would plan them, in the order in which a scenario takes them."""

from __future__ import annotations

from dataclasses import dataclass

from kypek_sync.sandbox.scenario.plans import BLENDED, IN_PERSON, ONLINE, Audience

LABEL = "att-a"


@dataclass(frozen=True, slots=True)
class Slot:
    """A session: days from today, hour of the day, length in hours. `running`: whatever the hour, it runs now."""

    day: int
    hour: int
    hours: int
    form: str
    topic: str
    running: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A seminar in outline. `demand`: applicants from its audience, as a multiple of its seats, where it `adopts`."""

    structure: str
    title: str
    description: str
    form: str
    seats: int
    audience: Audience
    slots: tuple[Slot, ...]
    place: str = ""
    adopts: str = ""
    demand: float = 0.0
    platform: str = ""
    mirrors: tuple[str, ...] = ()
    cancelled: bool = False
    guest: str = ""
    strangers: bool = False


_SCIENCE_LAB = "Εργαστήριο ΕΚΦΕ, 1ος όροφος"
_COMPUTER_LAB = "Εργαστήριο πληροφορικής ΚΕΠΛΗΝΕΤ"
_OFFICE = "Αίθουσα εκδηλώσεων ΚΥΠΕΚ"

TEMPLATES = (
    Template(
        "ekfe",
        "Πειράματα Φυσικής με απλά υλικά",
        "Βιωματικό εργαστήριο: δέκα πειράματα που γίνονται στην τάξη με υλικά καθημερινής χρήσης, με φύλλα εργασίας.",
        IN_PERSON,
        16,
        Audience(specialties=("ΠΕ04",)),
        (Slot(9, 17, 3, IN_PERSON, "Μηχανική"), Slot(16, 17, 3, IN_PERSON, "Ηλεκτρισμός και μαγνητισμός")),
        _SCIENCE_LAB,
        adopts="eclass",
        demand=1.6,
        strangers=True,
    ),
    Template(
        "keplinet",
        "Αξιοποίηση του Open eClass στην τάξη",
        "Πώς οργανώνουμε ένα ηλεκτρονικό μάθημα, εργασίες και ασκήσεις, από την αρχή ως τη βαθμολογία.",
        ONLINE,
        40,
        Audience(),
        (
            Slot(-7, 18, 2, ONLINE, "Το πρώτο μας μάθημα"),
            Slot(0, 18, 2, ONLINE, "Εργασίες και ασκήσεις", running=True),
            Slot(7, 18, 2, ONLINE, "Ομάδες και συνεργασία"),
        ),
        adopts="eclass",
        demand=0.8,
    ),
    Template(
        "keplinet",
        "Εκπαιδευτική ρομποτική με micro:bit",
        "Από την πρώτη εντολή ως ένα ολοκληρωμένο έργο μαθητών. Δίνεται εξοπλισμός για τη διάρκεια του σεμιναρίου.",
        BLENDED,
        12,
        Audience(specialties=("ΠΕ86", "ΠΕ04", "ΠΕ70"), label=LABEL),
        (
            Slot(5, 17, 3, IN_PERSON, "Γνωριμία με τον μικροελεγκτή"),
            Slot(12, 18, 2, ONLINE, "Αισθητήρες και ασύρματη επικοινωνία"),
            Slot(19, 17, 3, IN_PERSON, "Παρουσίαση έργων"),
        ),
        _COMPUTER_LAB,
        adopts="eclass",
        demand=1.5,
        strangers=True,
    ),
    Template(
        "kesyp",
        "Επαγγελματικός προσανατολισμός στο Γυμνάσιο και στο Λύκειο",
        "Εργαλεία και δραστηριότητες συμβουλευτικής για την επιλογή σπουδών, με μελέτες περίπτωσης.",
        ONLINE,
        30,
        Audience(label=LABEL, level="ΔΕ", stems=("gym", "lyk")),
        (Slot(8, 18, 2, ONLINE, "Εργαλεία"), Slot(15, 18, 2, ONLINE, "Μελέτες περίπτωσης")),
        adopts="eclass",
        demand=0.5,
    ),
    Template(
        "drastiriotites",
        "Προγράμματα περιβαλλοντικής εκπαίδευσης: σχεδιασμός και υλοποίηση",
        "Από την ιδέα στο σχέδιο εργασίας: στόχοι, συνεργασίες, επισκέψεις πεδίου και αποτίμηση.",
        BLENDED,
        25,
        Audience(label=LABEL, level="ΠΕ", stems=("dim", "nip")),
        (
            Slot(6, 17, 3, IN_PERSON, "Σχεδιασμός"),
            Slot(13, 18, 2, ONLINE, "Συνεργασίες και δίκτυα"),
        ),
        _OFFICE,
    ),
    Template(
        "keplinet",
        "Σύνθετες δραστηριότητες στο Moodle",
        "Κουίζ, εργαστήρια ετεροαξιολόγησης και παρακολούθηση προόδου για όσες και όσους ξέρουν τα βασικά.",
        ONLINE,
        20,
        Audience(specialties=("ΠΕ86", "ΠΕ02", "ΠΕ03", "ΠΕ06")),
        (Slot(10, 18, 2, ONLINE, "Κουίζ"), Slot(17, 18, 2, ONLINE, "Ετεροαξιολόγηση")),
        adopts="moodle",
        demand=0.7,
        platform="moodle",
        strangers=True,
    ),
    Template(
        "keplinet",
        "Ασφάλεια στο διαδίκτυο και προσωπικά δεδομένα στο σχολείο",
        "Κωδικοί, απάτες, δεδομένα μαθητών: τι προσέχουμε και τι λέμε στην τάξη. Η ύλη υπάρχει και στο Moodle.",
        ONLINE,
        35,
        Audience(label=LABEL),
        (Slot(11, 18, 2, ONLINE, "Κωδικοί και απάτες"), Slot(18, 18, 2, ONLINE, "Δεδομένα μαθητών")),
        adopts="eclass",
        demand=0.6,
        mirrors=("moodle",),
    ),
    Template(
        "kesyp",
        "Διαχείριση άγχους πριν από τις εξετάσεις",
        "Βιωματικό σεμινάριο για εκπαιδευτικούς Λυκείων. Αναβλήθηκε λόγω κωλύματος της επιμορφώτριας.",
        IN_PERSON,
        18,
        Audience(stems=("lyk", "epal")),
        (Slot(14, 17, 3, IN_PERSON, "Τεχνικές χαλάρωσης"),),
        _OFFICE,
        cancelled=True,
    ),
    Template(
        "drastiriotites",
        "eTwinning για αρχάριους",
        "Το πρώτο μας συνεργατικό έργο με σχολείο του εξωτερικού, βήμα προς βήμα.",
        ONLINE,
        50,
        Audience(),
        (Slot(20, 18, 2, ONLINE, "Η πλατφόρμα"), Slot(27, 18, 2, ONLINE, "Αναζήτηση συνεργατών")),
        platform="moodle",
        guest="Ελένη Καλλιέργη <e.kalliergi@etwinning.example>",
    ),
    Template(
        "ekfe",
        "Ασφάλεια στο σχολικό εργαστήριο φυσικών επιστημών",
        "Κανόνες, εξοπλισμός και πρώτες βοήθειες· η πρακτική άσκηση γίνεται στο ΕΚΦΕ.",
        BLENDED,
        20,
        Audience(specialties=("ΠΕ04", "ΠΕ85")),
        (Slot(21, 18, 2, ONLINE, "Κανόνες και εξοπλισμός"), Slot(28, 17, 3, IN_PERSON, "Πρακτική άσκηση")),
        _SCIENCE_LAB,
    ),
    Template(
        "ekfe",
        "Μικροσκόπιο και παρασκευάσματα για το μάθημα της Βιολογίας",
        "Παρασκευή και παρατήρηση: κύτταρα, ιστοί, μικροοργανισμοί του νερού.",
        IN_PERSON,
        12,
        Audience(specialties=("ΠΕ04.04", "ΠΕ04.02")),
        (Slot(23, 17, 3, IN_PERSON, "Παρασκευή και παρατήρηση"),),
        _SCIENCE_LAB,
    ),
    Template(
        "drastiriotites",
        "Ενημέρωση διευθυντριών και διευθυντών για τα προγράμματα δραστηριοτήτων",
        "Προθεσμίες, έγκριση σχεδίων, μετακινήσεις μαθητών.",
        ONLINE,
        60,
        Audience(role="principal"),
        (Slot(4, 13, 2, ONLINE, "Προθεσμίες και διαδικασίες"),),
    ),
)
"""The first seven show every kind of registration; any number of them makes a scenario that works."""
