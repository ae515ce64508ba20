"""The mail lane on a real wire: everybody is told once, in Greek, whatever the mail server does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest

from kypek_sync.ledger import holds, outbox
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.outbox import Row
from kypek_sync.sandbox.mail import Sink
from kypek_sync.sync.report import LaneReport, exit_code
from tests.sync.centre import TEACHERS, Centre, Teacher, sync_once
from tests.sync.services import SENDER, with_mail


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    """Where the centre's mail goes."""
    with with_mail(centre) as it:
        yield it


def seminar(centre: Centre, applicants: int = 4, **values: object) -> tuple[str, str]:
    """A seminar with two seats that so many applied for; its code and course."""
    course = centre.course()
    for number in range(1, applicants + 1):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    return centre.seminar(course=centre.address(course), **values), course


def letters(sink: Sink) -> dict[str, EmailMessage]:
    """What each person was sent, by login; fails if anybody was sent two."""
    found = [(one.recipients, one.message) for one in sink.messages()]
    assert max(Counter(to for to, _ in found).values(), default=0) <= 1
    return {to[0].partition("@")[0]: message for to, message in found}


def rows(centre: Centre) -> dict[str, Row]:
    """The outbox by login."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {row.notice.login: row for row in outbox.listed(connection, "att-a")}


def mail(centre: Centre) -> LaneReport:
    """One pass of the mail lane."""
    return sync_once(centre, "mail")["mail"]


def text(message: EmailMessage) -> str:
    """The words of a letter."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_everybody_gets_one_letter_and_never_a_second(centre: Centre, sink: Sink) -> None:
    seminar(centre)
    first = sync_once(centre)
    assert first["mail"].counts == {
        "notices due": 4,
        "mails sent": 4,
        "mails refused": 0,
        "mails later": 0,
    }
    assert set(letters(sink)) == {"teacher1", "teacher2", "teacher3", "teacher4"}
    assert len({m["Message-ID"] for m in letters(sink).values()}) == 4
    centre.clock.turn(days=2)
    assert sync_once(centre)["mail"].counts == {"notices due": 0}
    assert len(sink.messages()) == 4


def test_a_letter_is_in_greek_and_says_what_when_where_and_why(centre: Centre, sink: Sink) -> None:
    seminar(centre, title="Πειράματα με απλά υλικά", day=12)
    sync_once(centre)
    granted, waiting = letters(sink)["teacher1"], letters(sink)["teacher3"]
    assert granted["Subject"] == "Έχετε θέση: Πειράματα με απλά υλικά"
    assert granted["From"] == SENDER
    said = text(granted)
    for words in (
        "Όνομα Teacher1",
        "«Πειράματα με απλά υλικά»",
        "Θέση 1 από 2, με τη σειρά των αιτήσεων.",
        "12/03/2027 17:00-20:00, ΕΚΦΕ",
        "http://127.0.0.1:8080/s/EKFE-26-01",
        "ΚΥΠΕΚ Α΄ Αθήνας",
    ):
        assert words in said
    assert "%(" not in said
    assert "αναμονή" in waiting["Subject"].lower()
    assert "Και οι 2 θέσεις έχουν δοθεί· η σειρά στη λίστα αναμονής είναι 1." in text(waiting)
    assert not any(word in said for word in ("Dear", "seat", "seminar's"))


def test_who_gets_a_seat_later_is_told_of_that_too(centre: Centre, sink: Sink) -> None:
    _, course = seminar(centre, applicants=3)
    sync_once(centre)
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(minutes=15)
    sync_once(centre)
    subjects = [(m.recipients[0].partition("@")[0], str(m.message["Subject"])) for m in sink.messages()]
    to_third = [subject for login, subject in subjects if login == "teacher3"]
    assert len(to_third) == 2
    assert to_third[1].startswith("Έχετε θέση")
    assert len({str(m.message["Message-ID"]) for m in sink.messages()}) == len(sink.messages())


def test_an_address_that_is_refused_is_given_up_and_stops_nobody_else(centre: Centre, sink: Sink) -> None:
    seminar(centre)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:refuse-recipient@1")
    report = mail(centre)
    assert (report.counts["mails sent"], report.counts["mails refused"]) == (3, 1)
    (refused,) = [row for row in rows(centre).values() if row.given_up]
    assert "550" in refused.problem
    centre.clock.turn(days=1)
    assert mail(centre).counts == {"notices due": 0}
    assert len(sink.messages()) == 3


def test_a_server_that_is_away_is_tried_later_and_later(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=1)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:try-later")
    waits = []
    for _ in range(4):
        report = mail(centre)
        assert report.counts["mails later"] == 1
        assert "post" in report.problems[0]
        assert exit_code([report]) == 1
        minutes = 0
        while not mail_is_due(centre):
            centre.clock.turn(minutes=1)
            minutes += 1
        waits.append(minutes)
    assert waits == [2, 4, 8, 16]
    centre.faults.lift()
    assert mail(centre).counts["mails sent"] == 1
    assert len(letters(sink)) == 1


def mail_is_due(centre: Centre) -> bool:
    """Whether the next pass would send something."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return bool(outbox.due(connection, "att-a", centre.clock()))


def test_a_server_that_keeps_failing_is_left_alone_for_the_rest_of_the_pass(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=8)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:try-later")
    assert mail(centre).counts["mails later"] == 3
    centre.faults.lift()
    assert mail(centre).counts["mails sent"] == 5  # the others were not touched
    centre.clock.turn(minutes=2)
    assert mail(centre).counts["mails sent"] == 3
    assert len(letters(sink)) == 8


def test_a_long_weekend_without_the_server_costs_nobody_a_letter(centre: Centre, sink: Sink) -> None:
    """Three days: longer than any number of quick tries would last."""
    seminar(centre, applicants=1)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:try-later")
    for _ in range(3 * 24):
        mail(centre)
        centre.clock.turn(hours=1)
    assert not rows(centre)["teacher1"].given_up
    centre.faults.lift()
    centre.clock.turn(hours=6)
    assert mail(centre).counts["mails sent"] == 1


def test_after_a_week_of_trying_a_letter_is_given_up_and_shown(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=1)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:try-later")
    for _ in range(7 * 4):
        mail(centre)
        centre.clock.turn(hours=6)
    assert rows(centre)["teacher1"].given_up
    assert "451" in rows(centre)["teacher1"].problem


def test_greylisting_only_costs_time(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=2)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:greylist")
    assert mail(centre).counts["mails later"] == 2
    centre.clock.turn(minutes=2)
    assert mail(centre).counts["mails sent"] == 2
    assert len(letters(sink)) == 2


def test_without_an_answer_a_letter_is_sent_again_as_the_same_letter(centre: Centre, sink: Sink) -> None:
    """Design, rule 15: at least once; the same Message-ID lets the reader's mailbox see it."""
    seminar(centre, applicants=1)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    centre.faults.set("smtp:drop-after-data@1")
    assert mail(centre).counts["mails later"] == 1
    centre.clock.turn(minutes=2)
    assert mail(centre).counts["mails sent"] == 1
    first, second = (one.message for one in sink.messages())
    assert first["Message-ID"] == second["Message-ID"]
    assert str(first["Message-ID"]).strip() == rows(centre)["teacher1"].message_id
    assert text(first) == text(second)


def test_somebody_without_an_address_waits_for_one_and_stops_nobody(centre: Centre, sink: Sink) -> None:
    seminar(centre, applicants=2)
    sync_once(centre, "directory")
    sync_once(centre, "seats")
    export = centre.folder / "directory.ldif"
    whole = export.read_text(encoding="utf-8")
    centre.clock.turn(minutes=1)
    export.write_text(whole.replace("mail: teacher1@sch.example\n", ""), encoding="utf-8")
    sync_once(centre, "directory")
    report = mail(centre)
    assert report.counts["mails sent"] == 1
    assert "no e-mail address" in rows(centre)["teacher1"].problem
    assert not rows(centre)["teacher1"].given_up
    export.write_text(whole + "\n", encoding="utf-8")
    sync_once(centre, "directory")
    centre.clock.turn(minutes=5)
    assert mail(centre).counts["mails sent"] == 1
    assert set(letters(sink)) == {"teacher1", "teacher2"}


def test_a_seat_that_the_platform_does_not_show_yet_is_not_announced(centre: Centre, sink: Sink) -> None:
    """Design, rule 14: told when the platform shows it."""
    centre.settings(mode="propose")
    seminar(centre, applicants=1)
    sync_once(centre)
    assert letters(sink) == {}
    centre.settings(mode="apply")
    sync_once(centre)
    assert set(letters(sink)) == {"teacher1"}


def approve_all(centre: Centre) -> None:
    """An officer lets everything pass that waits."""
    with centre.installation() as inst, inst.ledger.begin() as connection:
        for hold in holds.listed(connection, "att-a"):
            until = centre.clock() + timedelta(days=7)
            holds.decide(connection, hold.id, HoldState.APPROVED, "officer1", centre.clock(), until)


def test_who_got_a_place_by_an_approved_hold_is_told(centre: Centre, sink: Sink) -> None:
    """With every system in `propose`, the hold of a course was approved and carried out: eight people had their places,
    and no notice was ever queued, because the mode was looked at instead of the platform."""
    centre.connectors["post"] = centre.connectors["post"].replace("mode: apply", "mode: propose")
    centre.settings(mode="propose")
    seminar(centre, applicants=3)
    assert sync_once(centre)["seats"].counts["notices queued"] == 0
    approve_all(centre)
    centre.clock.turn(minutes=1)
    second = sync_once(centre)
    assert second["seats"].counts["notices queued"] == 3
    assert letters(sink) == {}
    (held,) = second["mail"].asked
    assert len(held[1].changes) == 3
    approve_all(centre)
    centre.clock.turn(minutes=1)
    assert sync_once(centre)["mail"].counts["mails sent"] == 3
    assert set(letters(sink)) == {"teacher1", "teacher2", "teacher3"}


def test_who_applies_while_a_hold_is_carried_out_delays_nobody_elses_letter(centre: Centre, sink: Sink) -> None:
    centre.settings(mode="propose")
    _, course = seminar(centre, applicants=2, capacity=3)
    sync_once(centre)
    approve_all(centre)
    centre.apply("teacher3", course, minutes_ago=10)
    centre.clock.turn(minutes=1)
    sync_once(centre)
    assert set(letters(sink)) == {"teacher1", "teacher2"}  # the place of the third is only proposed


def test_nobody_is_refused_by_letter_before_an_officer_has_seen_the_proposal(centre: Centre, sink: Sink) -> None:
    """A refusal changes nothing on the platform: no change of it waits that could hold the letter back."""
    centre.settings(mode="propose")
    seminar(centre, applicants=2, specialties="ΠΕ04", capacity=2)
    sync_once(centre)
    assert letters(sink) == {}
    approve_all(centre)
    centre.clock.turn(minutes=1)
    sync_once(centre)
    assert set(letters(sink)) == {"teacher1", "teacher2"}


def test_a_mail_server_that_is_only_observed_gets_nothing(centre: Centre, sink: Sink) -> None:
    centre.connectors["post"] = centre.connectors["post"].replace("mode: apply", "mode: observe")
    centre.settings()
    seminar(centre, applicants=1)
    assert sync_once(centre)["mail"].counts == {"notices due": 1}
    assert letters(sink) == {}


def test_who_was_refused_reads_why(centre: Centre, sink: Sink) -> None:
    centre.people(*TEACHERS, Teacher("chemist", specialty="ΠΕ04"))
    centre.world.add_user("chemist", "Όνομα", "Chemist", "chemist@sch.example")
    course = centre.course()
    centre.apply("chemist", course)
    centre.seminar(course=centre.address(course))
    sync_once(centre)
    said = text(letters(sink)["chemist"])
    assert "ΠΕ86" in said
    assert "ΠΕ04" in said
    assert "12/03" not in said  # the dates are of no use to them


def test_who_has_a_seat_elsewhere_at_the_same_hours_is_told_so(centre: Centre, sink: Sink) -> None:
    first, second = centre.course(), centre.course("Δεύτερο")
    centre.seminar("EKFE-26-01", course=centre.address(first), day=12)
    centre.seminar("EKFE-26-02", course=centre.address(second), day=12)
    programme = centre.folder / "ekfe.yaml"  # nobody teaches two at once, nor in one room
    one, two = programme.read_text(encoding="utf-8").split("  - κωδικός: EKFE-26-02")
    two = two.replace("trainer1", "officer1").replace("χώρος: ΕΚΦΕ", "χώρος: ΚΕΠΛΗΝΕΤ")
    programme.write_text(f"{one}  - κωδικός: EKFE-26-02{two}", encoding="utf-8")
    centre.apply("teacher1", first)
    sync_once(centre)
    centre.apply("teacher1", second, minutes_ago=30)
    centre.apply("teacher2", second, minutes_ago=20)
    centre.clock.turn(minutes=15)
    sync_once(centre)
    to_first = [one.message for one in sink.messages() if one.recipients[0].startswith("teacher1@")]
    (other,) = [one.message for one in sink.messages() if one.recipients[0].startswith("teacher2@")]
    assert "τις ίδιες ώρες" not in text(to_first[0])
    assert (
        "τις ίδιες ώρες έχετε θέση ή σας προσφέρεται και εδώ:\n«Σεμινάριο EKFE-26-01» (EKFE-26-01), 12/03/2027 17:00"
        in (text(to_first[1]))
    )
    assert "τις ίδιες ώρες" not in text(other)
