"""What a centre asks of the helpdesk's administrators, in Greek: words only."""

from __future__ import annotations

from kypek_sync.contract import Letterhead

LETTER = Letterhead(
    subject="Αίτημα για πρόσβαση στο σύστημα υποστήριξης (Request Tracker)",
    paragraphs=(
        "Το κέντρο μας θέλει κάθε πρόβλημα των σεμιναρίων του να γίνεται ένα αίτημα υποστήριξης, μία φορά, με όλα τα"
        " στοιχεία του, και όσα απαντάτε να φτάνουν πίσω σε όποιον ή όποια ρώτησε. Το κάνουμε μέσω της διεπαφής REST"
        " 2.0 του Request Tracker 5. Γι' αυτό παρακαλούμε για τα παρακάτω.",
        "1. Έναν λογαριασμό υπηρεσίας, kypek-sync, προνομιακό (Privileged), με ζώνη ώρας UTC και γλώσσα αγγλικά. Ένα"
        " διακριτικό (authentication token) γι' αυτόν, με ασφαλή τρόπο· ένα μόνο, γιατί κάθε επιπλέον επιβραδύνει κάθε"
        " αίτημα.",
        "2. Μία ουρά για το κέντρο (π.χ. KYPEK-ATT).",
        "3. Δύο πεδία αιτήματος στην ουρά αυτή, ελεύθερου κειμένου με μία τιμή, χωρίς περιορισμό μοναδικότητας:"
        " KypekRef (το αναγνωριστικό μας) και KypekSeminar (ο κωδικός του σεμιναρίου). Και ένα πεδίο συναλλαγής"
        " (transaction), KypekEvt, ώστε καμία σημείωση να μη γράφεται δύο φορές.",
        "4. Στον λογαριασμό, πάνω στην ουρά αυτή μόνο: SeeQueue, ShowTicket, ShowTicketComments, CreateTicket,"
        " ReplyToTicket, CommentOnTicket, ModifyTicket, OwnTicket, Watch, SeeCustomField, ModifyCustomField και"
        " SetInitialCustomField. Δικαίωμα διαγραφής δεν χρειάζεται.",
        "5. Αν η ουρά έχει δικό της κύκλο ζωής (lifecycle), να μας πείτε τις καταστάσεις του και τι σημαίνει καθεμιά.",
        "Το διακριτικό φυλάσσεται κρυφό. Στέλνουμε έως δύο αιτήματα ταυτόχρονα και ρωτάμε μόνο για όσα άλλαξαν.",
    ),
)
