"""What the pages show of seminars, to everybody and to those who applied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kypek_sync.ledger import bindings, programmes
from kypek_sync.ledger.bindings import Binding
from kypek_sync.ledger.programmes import Offering
from tests.sync.centre import TEACHERS, Centre, Teacher, sync_once
from tests.web.pages import Browser


def four_applicants(centre: Centre, **values: object) -> str:
    """A seminar with two seats, for which four teachers applied."""
    course = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    code = centre.seminar(course=centre.address(course), **values)
    sync_once(centre)
    return code


def test_the_first_page_lists_the_seminars_to_come_the_nearest_first(centre: Centre, visitor: Browser) -> None:
    centre.seminar("EKFE-26-01", day=12, title="Πειράματα φυσικής")
    centre.seminar("EKFE-26-02", day=10, title="Ρομποτική")
    sync_once(centre)
    page = visitor.get("/")
    assert page.status_code == 200
    assert page.text.index("Ρομποτική") < page.text.index("Πειράματα φυσικής")
    assert 'href="/s/EKFE-26-01"' in page.text
    assert "Παρασκευή, 12 Μαρτίου 2027, 17:00–20:00" in visitor.text("/")
    assert "ΕΚΦΕ · δια ζώσης · θέσεις: 2" in visitor.text("/")


def test_a_seminar_that_is_over_leaves_the_first_page_and_keeps_its_own(centre: Centre, visitor: Browser) -> None:
    code = centre.seminar()
    sync_once(centre)
    centre.clock.turn(days=200)
    assert "Αυτή τη στιγμή δεν υπάρχει προγραμματισμένο σεμινάριο." in visitor.text("/")
    assert visitor.get(f"/s/{code}").status_code == 200


def test_without_any_seminar_the_first_page_says_so(visitor: Browser) -> None:
    assert "Αυτή τη στιγμή δεν υπάρχει προγραμματισμένο σεμινάριο." in visitor.text("/")


def test_the_page_of_a_seminar_tells_the_public_facts_in_greek(centre: Centre, visitor: Browser) -> None:
    code = four_applicants(centre, day=12, title="Πειράματα με απλά υλικά")
    page = visitor.get(f"/s/{code}")
    said = visitor.text(f"/s/{code}")
    assert page.status_code == 200
    assert '<html lang="el">' in page.text
    assert '<time datetime="2027-03-12T17:00:00+02:00">Παρασκευή, 12 Μαρτίου 2027</time>' in page.text
    for words in (
        "Πειράματα με απλά υλικά",
        "ΕΚΦΕ · EKFE-26-01",
        "17:00–20:00",
        "Μορφή δια ζώσης",
        "Θέσεις 2",
        "Για τις ειδικότητες ΠΕ86",
        "Επιμορφωτές και επιμορφώτριες Όνομα Trainer1",
        "ΚΥΠΕΚ Α΄ Αθήνας",
    ):
        assert words in said
    assert "Η αίτησή σας" not in said


def test_the_same_page_in_english_and_the_language_is_remembered(centre: Centre, visitor: Browser) -> None:
    code = four_applicants(centre, day=12)
    page = visitor.get(f"/s/{code}?lang=en")
    assert '<html lang="en">' in page.text
    for word in ("Friday, 12 March 2027", "Form in person", "Seats 2", "How to apply"):
        assert word in visitor.text(f"/s/{code}")
    assert "Seminars to come" in visitor.text("/")
    assert "Προσεχή σεμινάρια" in visitor.text("/?lang=el")


def test_an_unknown_language_changes_nothing(visitor: Browser) -> None:
    assert '<html lang="el">' in visitor.get("/?lang=fr").text


def test_the_other_language_is_one_step_away_and_loses_nothing_of_the_address(visitor: Browser) -> None:
    page = visitor.get("/sign-in?next=/s/EKFE-26-01").text
    assert 'href="?next=%2Fs%2FEKFE-26-01&amp;lang=en"' in page


def test_summer_time_is_told_as_people_live_it(centre: Centre, visitor: Browser) -> None:
    """28 March 2027 is the day on which clocks change in Greece: 17:00 is three hours ahead of UTC."""
    code = centre.seminar(day=29)
    sync_once(centre)
    assert (
        '<time datetime="2027-03-29T17:00:00+03:00">Δευτέρα, 29 Μαρτίου 2027</time>' in visitor.get(f"/s/{code}").text
    )


def test_where_to_apply_is_the_course_on_the_platform(centre: Centre, visitor: Browser) -> None:
    code = four_applicants(centre)
    page = visitor.get(f"/s/{code}").text
    assert "Πώς κάνετε αίτηση" in page
    assert f'href="{centre.server.address}/courses/' in page


def test_an_address_that_is_no_page_is_no_link(centre: Centre, visitor: Browser) -> None:
    code = centre.seminar()
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        spoilt = Binding("eclass", "course", code, "X1", "javascript:alert(1)")
        bindings.learn(connection, "att-a", spoilt, centre.clock())
    assert "javascript" not in visitor.get(f"/s/{code}").text


def test_a_cancelled_seminar_says_so_first_and_takes_no_applications(centre: Centre, visitor: Browser) -> None:
    code = four_applicants(centre)
    centre.seminar(code, status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(centre)
    said = visitor.text(f"/s/{code}")
    assert "Το σεμινάριο ακυρώθηκε." in said
    assert "Πώς κάνετε αίτηση" not in said
    assert "Το σεμινάριο ακυρώθηκε." in visitor.text("/")


def test_a_draft_is_not_there_for_the_public(centre: Centre, visitor: Browser) -> None:
    centre.settings(approval="true")
    code = centre.seminar(title="Δεν εγκρίθηκε ακόμη")
    sync_once(centre)
    assert visitor.get(f"/s/{code}").status_code == 404
    assert "Δεν εγκρίθηκε ακόμη" not in visitor.get("/").text


def test_an_unknown_code_is_told_in_greek(visitor: Browser) -> None:
    page = visitor.get("/s/NO-SUCH-ONE")
    assert page.status_code == 404
    assert "Δεν υπάρχει σεμινάριο με αυτόν τον κωδικό." in page.text


@pytest.mark.parametrize(
    ("login", "state", "why"),
    [
        ("teacher1", "You have a seat", "Seat 1 of 2, in the order of applications."),
        ("teacher3", "On the waiting list", "All 2 seats are taken; the place on the waiting list is 1."),
        ("teacher5", "", "You have not applied for this seminar."),
    ],
)
def test_who_is_signed_in_sees_their_own_seat_and_why(
    centre: Centre, visitor: Browser, login: str, state: str, why: str
) -> None:
    code = four_applicants(centre)
    visitor.sign_in(login)
    said = visitor.text(f"/s/{code}?lang=en")
    assert "Your application" in said
    assert f"{state} {why}".strip() in said


@pytest.mark.parametrize("login", ["teacher1", "teacher3"])
def test_who_has_a_seat_or_waits_is_told_how_to_give_it_up_not_how_to_apply(
    centre: Centre, visitor: Browser, login: str
) -> None:
    code = four_applicants(centre)
    visitor.sign_in(login)
    said = visitor.text(f"/s/{code}")
    assert "Αν δεν μπορείτε να έρθετε, παρακαλούμε απεγγραφείτε από το μάθημα" in said
    assert "Πώς κάνετε αίτηση" not in said
    assert f'href="{centre.server.address}/courses/' in visitor.get(f"/s/{code}").text


APPLY = "Πώς κάνετε αίτηση"


def test_how_to_apply_is_told_while_people_can_and_before_and_after_when(centre: Centre, visitor: Browser) -> None:
    """The centre's clock stands at 02/11/2026 11:00 in Greece."""
    code = centre.seminar(opens='"05/11/2026 09:00"', closes='"20/02/2027 14:00"')
    sync_once(centre)
    early = visitor.text(f"/s/{code}")
    assert "Οι αιτήσεις ανοίγουν στις 5 Νοεμβρίου 2026, 09:00." in early
    assert APPLY not in early
    centre.clock.turn(days=4)
    assert APPLY in visitor.text(f"/s/{code}")
    centre.clock.turn(days=110)
    late = visitor.text(f"/s/{code}")
    assert "Οι αιτήσεις έκλεισαν στις 20 Φεβρουαρίου 2027, 14:00." in late
    assert APPLY not in late
    assert f'href="{centre.server.address}/courses/' not in visitor.get(f"/s/{code}").text


def test_a_seminar_that_is_over_or_cancelled_invites_nobody(centre: Centre, visitor: Browser) -> None:
    over, cancelled = centre.seminar(), centre.seminar("EKFE-26-02")
    sync_once(centre)
    centre.seminar("EKFE-26-02", status="ΑΚΥΡΩΘΗΚΕ")
    sync_once(centre)
    assert "Το σεμινάριο ακυρώθηκε." in visitor.text(f"/s/{cancelled}")
    assert APPLY not in visitor.text(f"/s/{cancelled}")
    centre.clock.turn(days=200)
    assert "Το σεμινάριο έχει πραγματοποιηθεί." in visitor.text(f"/s/{over}")
    assert APPLY not in visitor.text(f"/s/{over}")


def test_who_had_a_seat_is_not_asked_to_give_it_up_when_all_is_over(centre: Centre, visitor: Browser) -> None:
    code = four_applicants(centre)
    visitor.sign_in("teacher1")
    assert "Αν δεν μπορείτε να έρθετε" in visitor.text(f"/s/{code}")
    centre.clock.turn(days=200)
    visitor.sign_in("teacher1")
    said = visitor.text(f"/s/{code}")
    assert "Αν δεν μπορείτε να έρθετε" not in said
    assert "Το μάθημα του σεμιναρίου" in said


def test_a_refusal_is_explained_to_the_person_refused_alone(centre: Centre, visitor: Browser) -> None:
    centre.people(*TEACHERS, Teacher("chemist", specialty="ΠΕ04"))
    centre.world.add_user("chemist", "Όνομα", "Chemist", "chemist@sch.example")
    course = centre.course()
    centre.apply("chemist", course)
    code = centre.seminar(course=centre.address(course))
    sync_once(centre)
    why = "The seminar is for the specialties ΠΕ86; yours, by the directory, is ΠΕ04."
    assert why not in visitor.text(f"/s/{code}?lang=en")
    visitor.sign_in("chemist")
    assert why in visitor.text(f"/s/{code}")


def test_marks_in_a_title_are_letters(centre: Centre, visitor: Browser) -> None:
    code = centre.seminar(title="'<script>alert(1)</script> & \"άλλα\"'")
    sync_once(centre)
    for path in ("/", f"/s/{code}"):
        page = visitor.get(path).text
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;άλλα&#34;" in page


def test_nobody_s_address_is_shown(centre: Centre, visitor: Browser) -> None:
    """A trainer from outside is written with name and e-mail in the programme; the e-mail is for us."""
    code = centre.seminar()
    file = centre.folder / "ekfe.yaml"
    outside = file.read_text(encoding="utf-8").replace(
        "επιμορφωτές: trainer1", "επιμορφωτές: Μαρία Ξένου <maria@uni.example>"
    )
    file.write_text(outside, encoding="utf-8")
    sync_once(centre)
    page = visitor.get(f"/s/{code}").text
    assert "Μαρία Ξένου" in page
    assert "@" not in page
    centre.seminar("EKFE-26-02")
    sync_once(centre)
    visitor.sign_in("teacher1")
    assert "@" not in visitor.get("/s/EKFE-26-02").text


def test_a_trainer_unknown_to_the_directory_is_not_shown_by_login(centre: Centre, visitor: Browser) -> None:
    code = centre.seminar()
    sync_once(centre, "seats")
    page = visitor.get(f"/s/{code}").text
    assert "trainer1" not in page
    assert "Επιμορφωτές" not in page


def test_a_seminar_without_dates_says_that_they_will_come(centre: Centre, visitor: Browser) -> None:
    code = centre.seminar()
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        known = programmes.in_force(connection, "att-a")
        undated = Offering("att-a", replace(known[code].seminar, sessions=()), approved=True)
        programmes.store(connection, "att-a", [undated], known, centre.clock())
    assert "Οι ημερομηνίες θα ανακοινωθούν." in visitor.text(f"/s/{code}")
