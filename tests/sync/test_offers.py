"""A seat that becomes free in the last week is offered: from the letter by the person's page to the course's group."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete
from structlog.testing import capture_logs

from kypek_sync.ledger import decisions, pauses, rulings
from kypek_sync.ledger.pauses import Kind, Thing
from kypek_sync.ledger.tables import memberships
from kypek_sync.ledger.tables import seats as table
from kypek_sync.sandbox.mail import Sink
from kypek_sync.seminar.rulings import Ruling, Word
from kypek_sync.sync.overview import overview
from kypek_sync.sync.run import sync
from tests.sync.centre import Centre, done, group, seats, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import text
from tests.web.pages import HERE, Browser, words

CODE = "EKFE-26-01"
STARTS = datetime(2027, 3, 3, 15, 0, tzinfo=UTC)
"""When the first session of the centre's seminar begins."""
OWN = re.compile(r"http://127\.0\.0\.1:8080(/s/EKFE-26-01/own/[\w-]{22})$", re.M)


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


@pytest.fixture
def course(centre: Centre, sink: Sink) -> str:
    """Four days before the start: teacher1 and teacher2 have the two seats, teacher3 and teacher4 wait."""
    centre.clock.now = STARTS - timedelta(days=4)
    centre.people()
    made = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    return made


def later(centre: Centre, **by: float) -> list[tuple[str, str, str, str]]:
    """A pass of all lanes, a quarter of an hour later or as said; what it made in the course."""
    centre.clock.turn(**(by or {"minutes": 15}))
    return done(sync_once(centre)["seats"])


def freed(centre: Centre, course: str) -> None:
    """teacher1 leaves the course, and the seat is offered to teacher3."""
    centre.world.unenrol("teacher1", course)
    later(centre)
    assert seats(centre, CODE) == {
        "teacher1": "withdrawn",
        "teacher2": "granted",
        "teacher3": "offered",
        "teacher4": "waiting",
    }


def last(sink: Sink, login: str) -> tuple[str, str]:
    """Subject and words of the last letter that somebody got."""
    found = [one.message for one in sink.messages() if one.recipients[0].startswith(f"{login}@")]
    return str(found[-1]["Subject"]), text(found[-1])


def own_page(sink: Sink, login: str) -> str:
    """The path of somebody's own page, as the last letter gives it."""
    found = OWN.search(last(sink, login)[1])
    assert found
    return found[1]


def page(centre: Centre, path: str) -> str:
    """The words of a page."""
    with centre.installation() as inst:
        return words(Browser(inst).get(path).text)


def say(centre: Centre, path: str, word: str) -> int:
    """Send one of the buttons of somebody's own page; the status of the answer."""
    with centre.installation() as inst:
        return Browser(inst).post(path, say=word, sure="yes").status_code


def test_one_click_on_the_page_of_the_letter_lets_no_offer_go(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    path = own_page(sink, "teacher3")
    with centre.installation() as inst:
        asked = Browser(inst).post(path, say="give-back")
    assert asked.status_code == 200
    assert "Δεν δέχεστε τη θέση που σας προσφέρεται" in words(asked.text)
    sync_once(centre)
    assert seats(centre, CODE)["teacher3"] == "offered"


def test_the_letter_says_until_when_and_leads_to_the_page(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    subject, said = last(sink, "teacher3")
    assert subject == f"Σας προσφέρεται θέση, απαντήστε μας: Σεμινάριο {CODE}"
    for one in ("είναι η σειρά σας", "Δεν την έχετε ακόμη", "έως 01/03/2027 17:07", "Θα έρθω"):
        assert one in said
    shown = page(centre, own_page(sink, "teacher3"))
    for one in ("Σας προσφέρεται θέση", "ισχύει έως 1 Μαρτίου 2027, 17:07", "Θα έρθω", "Δεν μπορώ"):
        assert one in shown
    assert "teacher3" not in shown  # who finds the address learns of nobody
    assert group(centre, course) == {"teacher1", "teacher2"}  # this platform takes nobody out of a group


def test_to_open_the_page_answers_nothing(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    with centre.installation() as inst:
        answer = Browser(inst).get(own_page(sink, "teacher3"))
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "offered"


def test_who_says_that_they_come_has_the_seat_at_the_next_pass(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    path = own_page(sink, "teacher3")
    assert say(centre, path, "accept") == 303
    shown = page(centre, path)
    assert "Στις 27 Φεβρουαρίου 2027, 17:15 είπατε ότι θα έρθετε" in shown
    assert "χωρίς απάντηση" not in shown
    assert say(centre, path, "accept") == 409  # once is enough
    made = later(centre)
    assert ("membership.add", CODE, "teacher3", "done") in made
    assert seats(centre, CODE)["teacher3"] == "granted"
    assert "teacher3" in group(centre, course)
    subject, said = last(sink, "teacher3")
    assert subject.startswith("Έχετε θέση")
    assert "έγινε αποδεκτή στις 27/02/2027 17:15" in said
    assert later(centre) == []


def test_who_cannot_come_gives_it_to_the_next_one(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    assert say(centre, own_page(sink, "teacher3"), "give-back") == 303
    later(centre)
    found = seats(centre, CODE)
    assert (found["teacher3"], found["teacher4"]) == ("withdrawn", "offered")
    assert last(sink, "teacher3")[0].startswith("Αποσύρατε την αίτησή σας")
    later(centre)
    assert seats(centre, CODE) == found  # teacher3 still is in the course, and has no seat for that
    centre.world.unenrol("teacher3", course)
    later(centre)
    centre.apply("teacher3", course, minutes_ago=10)
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "waiting"  # applied anew


def test_who_withdrew_and_enrols_anew_between_two_reads_applies_anew(centre: Centre, sink: Sink, course: str) -> None:
    """No read ever showed that they had left: the platform's moment of their enrolment says so."""
    freed(centre, course)
    assert say(centre, own_page(sink, "teacher2"), "give-back") == 303
    later(centre)
    centre.world.unenrol("teacher2", course)
    centre.clock.turn(minutes=5)
    centre.apply("teacher2", course, minutes_ago=1)
    with centre.installation() as inst, inst.ledger.begin() as connection:  # a platform that always tells the moment
        connection.execute(delete(memberships).where(memberships.c.login == "teacher2"))
    later(centre)
    found = seats(centre, CODE)
    assert (found["teacher2"], found["teacher3"], found["teacher4"]) == ("waiting", "offered", "offered")
    assert later(centre) == []
    assert seats(centre, CODE) == found


def renamed(centre: Centre, course: str, login: str, new: str) -> None:
    """A person has another login from now on, in the directory and in the course."""
    export = centre.folder / "directory.ldif"
    said = (
        export.read_text(encoding="utf-8").replace(f"uid={login},", f"uid={new},").replace(f": {login}\n", f": {new}\n")
    )
    export.write_text(f"# renamed {centre.clock.now}\n{said}", encoding="utf-8")
    centre.clock.turn(minutes=5)
    os.utime(export, (centre.clock.now.timestamp(), centre.clock.now.timestamp()))
    centre.world.add_user(new, "Όνομα", new.capitalize(), f"{login}@sch.example")
    centre.world.unenrol(login, course)
    centre.apply(new, course, minutes_ago=1)


@pytest.mark.parametrize(("login", "state"), [("teacher2", "granted"), ("teacher3", "offered")])
def test_who_has_another_login_meanwhile_keeps_it_and_is_told_nothing_anew(
    centre: Centre, sink: Sink, course: str, login: str, state: str
) -> None:
    freed(centre, course)
    path, before = own_page(sink, login), len(sink.messages())
    renamed(centre, course, login, "renamed")
    later(centre)
    later(centre)
    found = seats(centre, CODE)
    assert (found[login], found["renamed"]) == ("withdrawn", state)
    assert [str(one.message["Subject"]) for one in sink.messages()[before:]] == []
    assert "Δεν μπορώ" in page(centre, path)  # the letter of before leads there still
    if state == "offered":
        later(centre, hours=48)
        assert seats(centre, CODE)["teacher4"] == "offered"  # its time went on
        assert last(sink, login)[0].startswith("Η προσφορά θέσης έληξε")


def test_silence_passes_it_on_without_any_other_event(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    later(centre, hours=47)
    assert seats(centre, CODE)["teacher3"] == "offered"
    later(centre, hours=1)
    found = seats(centre, CODE)
    assert (found["teacher3"], found["teacher4"]) == ("waiting", "offered")
    assert last(sink, "teacher3")[0].startswith("Η προσφορά θέσης έληξε")
    path = own_page(sink, "teacher3")
    assert "Θέλω ακόμη να έρθω" in page(centre, path)
    assert say(centre, path, "accept") == 409
    assert say(centre, path, "ask-again") == 303
    centre.world.unenrol("teacher2", course)
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "offered"


def test_one_process_that_remembers_lets_an_offer_end_too(centre: Centre, sink: Sink, course: str) -> None:
    """What the last pass decided may serve the next one where nothing has changed; time has."""
    freed(centre, course)
    with centre.installation() as inst:
        for _ in range(3):
            sync(inst, lanes=("seats",))
        centre.clock.turn(hours=48)
        sync(inst, lanes=("seats",))
    assert seats(centre, CODE)["teacher4"] == "offered"


def test_a_letter_that_has_not_gone_out_costs_nobody_the_seat(centre: Centre, sink: Sink, course: str) -> None:
    centre.faults.set("smtp:try-later")
    freed(centre, course)
    later(centre, hours=60)
    assert seats(centre, CODE)["teacher3"] == "offered"
    centre.faults.lift("smtp")
    later(centre, hours=7)
    subject, said = last(sink, "teacher3")
    assert subject.startswith("Σας προσφέρεται θέση")
    assert "προσφέρεται έως 03/03/2027 09:00" in said  # and not a moment that is over when it arrives
    assert "ισχύει έως 3 Μαρτίου 2027, 09:00" in page(centre, own_page(sink, "teacher3"))
    later(centre, hours=21)
    assert seats(centre, CODE)["teacher4"] == "offered"  # half of what was left when the letter went out, and by day


def test_of_an_offer_that_is_over_before_its_letter_went_out_nothing_is_said(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.faults.set("smtp:try-later")
    freed(centre, course)
    later(centre, days=4)
    assert seats(centre, CODE)["teacher3"] == "waiting"
    centre.faults.lift("smtp")
    later(centre, hours=7)
    assert [str(one.message["Subject"]) for one in sink.messages() if "teacher3@" in one.recipients[0]] == [
        f"Είστε στη λίστα αναμονής: Σεμινάριο {CODE}"
    ]
    assert done(sync_once(centre)["mail"]) == []


def test_who_is_given_the_seat_before_the_letter_with_the_offer_hears_of_the_seat_alone(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.faults.set("smtp:try-later")
    freed(centre, course)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        yes = Ruling(CODE, "teacher3", "", Word.GRANT, "Τηλεφώνησε.", centre.clock())
        rulings.record(connection, "att-a", [yes], "officer1")
    later(centre)
    centre.faults.lift("smtp")
    later(centre, hours=7)
    subjects = [str(one.message["Subject"]) for one in sink.messages() if "teacher3@" in one.recipients[0]]
    assert [one.partition(":")[0] for one in subjects] == ["Είστε στη λίστα αναμονής", "Έχετε θέση"]


def test_who_has_no_address_is_not_waited_for(centre: Centre, sink: Sink, course: str) -> None:
    export = centre.folder / "directory.ldif"
    person = re.compile(r"(?<=\n\n)dn: uid=teacher3,.*?(?=\n\n)", re.S)
    found = person.search(export.read_text(encoding="utf-8"))
    assert found
    without = "\n".join(line for line in found[0].split("\n") if not line.startswith("mail:"))
    export.write_text(export.read_text(encoding="utf-8").replace(found[0], without), encoding="utf-8")
    freed(centre, course)
    later(centre, hours=48)
    assert seats(centre, CODE)["teacher4"] == "offered"


def test_a_pause_of_the_seminar_stops_the_clock(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    what = Thing(Kind.SEMINAR, CODE, "att-a", ("att-a",))
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pauses.add(connection, what, who="maria", why="Χιόνι.", until=None, now=centre.clock())
    later(centre, hours=30)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pauses.resume(connection, what, who="maria", now=centre.clock())
    later(centre, hours=40)
    assert seats(centre, CODE)["teacher3"] == "offered"
    later(centre, hours=17)
    assert seats(centre, CODE)["teacher3"] == "offered"  # ten hours would have been enough, but for the night
    later(centre, hours=1)
    assert seats(centre, CODE)["teacher4"] == "offered"


def test_who_has_a_seat_gives_it_back_without_leaving_the_course(centre: Centre, sink: Sink, course: str) -> None:
    path = own_page(sink, "teacher1")
    assert "Δεν μπορώ" in page(centre, path)
    assert say(centre, path, "give-back") == 303
    made = later(centre)
    assert seats(centre, CODE)["teacher1"] == "withdrawn"
    assert "teacher1" in {member.username for member in centre.world.members(course)}
    assert all(verb != "unenrol" for verb, *_ in made)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        (one,) = rulings.history(connection, "att-a", CODE)
        step = decisions.history(connection, "att-a", "teacher1", CODE)[-1]
    assert (one.ruling.word.value, one.who) == ("give-back", "teacher1")
    assert (step.after, step.rule) == ("withdrawn", "given-back")


def test_what_many_give_back_is_not_held_like_an_unlikely_read(centre: Centre, sink: Sink, course: str) -> None:
    """Everybody decided it by name: nothing was inferred (design, rule 5)."""
    for login in ("teacher1", "teacher2", "teacher3", "teacher4"):
        assert say(centre, own_page(sink, login), "give-back") == 303
    later(centre)
    assert set(seats(centre, CODE).values()) == {"withdrawn"}


def test_no_other_address_and_no_other_word_is_taken(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    path = own_page(sink, "teacher3")
    for wrong in (path[:-1] + ("A" if path[-1] != "A" else "B"), path[:-22] + "x", path.replace(CODE, "EKFE-26-02")):
        with centre.installation() as inst:
            assert Browser(inst).get(wrong).status_code == 404
        assert say(centre, wrong, "accept") == 404
    for word in ("grant", "refuse", "hand-on", "", "ask-again"):
        assert say(centre, path, word) == 409
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert rulings.history(connection, "att-a", CODE) == ()


def test_the_signed_in_answer_on_the_seminars_page(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    centre.top = "web: {development_sign_in: true}\n"
    centre.settings()
    with centre.installation() as inst:
        visitor = Browser(inst)
        visitor.sign_in("teacher3")
        here = f"/s/{CODE}"
        assert "Θα έρθω" in visitor.text(here)
        assert visitor.post(f"{here}/answer", say="accept").status_code == 403  # not from our form
        answer = visitor.post(f"{here}/answer", say="accept", token=visitor.token(here))
        assert (answer.status_code, answer.headers["location"]) == (303, f"{here}#seat")
        assert "είπατε ότι θα έρθετε" in visitor.text(here)
        stranger = Browser(inst)
        stranger.sign_in("teacher5")
        assert stranger.post(f"{here}/answer", say="give-back", token=stranger.token(here)).status_code == 409
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "granted"


def test_the_address_of_the_page_is_kept_nowhere_and_told_by_no_log(
    centre: Centre, sink: Sink, course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed(centre, course)
    path = own_page(sink, "teacher3")
    secret = path.rpartition("/")[2].encode()
    assert not [file for file in centre.folder.glob("kypek.db*") if secret in file.read_bytes()]

    def broken(*_: object) -> None:
        raise ValueError("anything")

    monkeypatch.setattr("kypek_sync.web.own_seat_page.in_words", broken)
    with centre.installation() as inst, capture_logs() as lines:
        assert Browser(inst).get(path).status_code == 500
    assert [line["path"] for line in lines] == [f"/s/{CODE}/own/…"]


def test_who_has_the_login_of_somebody_before_them_neither_sees_their_seat_nor_answers_for_it(
    centre: Centre, sink: Sink, course: str
) -> None:
    freed(centre, course)
    centre.top = "web: {development_sign_in: true}\n"
    centre.settings()
    with centre.installation() as inst:
        visitor = Browser(inst)
        visitor.sign_in("teacher3")
        here = f"/s/{CODE}"
        token = visitor.token(here)
        with inst.ledger.begin() as connection:
            connection.execute(table.update().where(table.c.login == "teacher3").values(person="somebody of before"))
        assert "Δεν έχετε κάνει αίτηση" in visitor.text(here)
        assert visitor.post(f"{here}/answer", say="accept", token=token).status_code == 409


def test_who_has_another_login_now_finds_their_seat_under_the_old_one(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    centre.top = "web: {development_sign_in: true}\n"
    centre.settings()
    with centre.installation() as inst:
        with inst.ledger.begin() as connection:
            connection.execute(table.update().where(table.c.login == "teacher3").values(login="an.old.login"))
        visitor = Browser(inst)
        visitor.sign_in("teacher3")
        here = f"/s/{CODE}"
        assert "Θα έρθω" in visitor.text(here)
        assert visitor.post(f"{here}/answer", say="accept", token=visitor.token(here)).status_code == 303
        assert "είπατε ότι θα έρθετε" in visitor.text(here)


def test_an_offer_that_has_run_out_says_so_before_the_next_pass_does(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    path = own_page(sink, "teacher3")
    centre.clock.turn(hours=48)
    shown = page(centre, path)
    assert "Ο χρόνος για απάντηση πέρασε." in shown
    assert "ισχύει έως" not in shown
    assert "Θα έρθω" not in shown
    assert say(centre, path, "accept") == 409


def test_nobody_asks_for_another_offer_once_the_seminar_has_begun(centre: Centre, sink: Sink, course: str) -> None:
    freed(centre, course)
    later(centre, hours=48)
    path = own_page(sink, "teacher3")
    centre.clock.now = STARTS
    assert "Θέλω ακόμη να έρθω" not in page(centre, path)
    assert say(centre, path, "ask-again") == 409


def test_nothing_is_answered_once_the_seminar_is_over(centre: Centre, sink: Sink, course: str) -> None:
    path = own_page(sink, "teacher1")
    centre.clock.now = STARTS + timedelta(days=1)
    shown = page(centre, path)
    assert "Δεν μπορώ" not in shown
    assert say(centre, path, "give-back") == 409


def test_while_mail_goes_to_one_address_nobody_else_gets_the_means_to_answer(centre: Centre, sink: Sink) -> None:
    centre.services["all_mail_to"] = "maria@sch.example"
    centre.settings()
    made = centre.course()
    centre.apply("teacher1", made)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    (letter,) = sink.messages()
    assert [*letter.recipients] == ["maria@sch.example"]
    assert "/own/" not in text(letter.message)
    assert HERE in text(letter.message)


def test_while_mail_goes_to_one_address_nobody_learns_of_an_offer_so_who_waits_moves_up(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.services["all_mail_to"] = "maria@sch.example"
    centre.settings()
    centre.world.unenrol("teacher1", course)
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "granted"


def test_without_letters_nobody_could_learn_of_an_offer_so_who_waits_moves_up(centre: Centre) -> None:
    centre.clock.now = STARTS - timedelta(days=4)
    centre.people()
    made = centre.course()
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    centre.world.unenrol("teacher1", made)
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "granted"


def test_status_counts_offers_whose_letter_waits(centre: Centre, sink: Sink, course: str) -> None:
    centre.connectors["post"] = centre.connectors["post"].replace("mode: apply", "mode: propose")
    centre.settings()
    freed(centre, course)
    with centre.installation() as inst:
        assert overview(inst, "att-a").offers_untold == {CODE: 1}
    centre.connectors["post"] = centre.connectors["post"].replace("mode: propose", "mode: apply")
    centre.settings()
    sync_once(centre)
    with centre.installation() as inst:
        assert overview(inst, "att-a").offers_untold == {}
