"""The programme of three months goes to every school once a month; the first waits for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from kypek_sync.ledger import holds, outbox
from kypek_sync.ledger.holds import Hold, HoldState
from kypek_sync.sandbox.mail import Sink
from kypek_sync.sync import mail_lane, programme_letters
from kypek_sync.sync.programme_letters import FIRST, Prepared, Standing
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import mail, text

JANUARY = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
SCHOOLS = {"1gym-athinas": "gym1@sch.example", "2gym-athinas": "gym2@sch.example", "3gym-athinas": ""}


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        centre.clock.now = JANUARY
        schools(centre)
        centre.seminar("EKFE-26-01", day=12, title="Πειράματα")
        sync_once(centre)
        yield it


def schools(centre: Centre) -> None:
    """Three schools, the last without an address, and a library."""
    centre.people()
    file = centre.folder / "directory.ldif"
    entries = file.read_text("utf-8").split("\n\n")
    (first,) = [one for one in entries if one.startswith("dn: ou=1gym-athinas")]
    rest = [one for one in entries if one is not first]
    units = []
    for number, (ou, address) in enumerate(SCHOOLS.items(), 1):
        unit = (
            first.replace("1gym-athinas", ou)
            .replace("0501001", f"050100{number}")
            .replace("1000001", f"100000{number}")
        )
        units.append(unit + (f"\nmail: {address}" if address else ""))
    at = entries.index(first)
    file.write_text("\n\n".join([*rest[:at], *units, *rest[at:]]), encoding="utf-8")


def in_the_export(centre: Centre, was: str, becomes: str) -> None:
    """The directory shows something else from now on."""
    file = centre.folder / "directory.ldif"
    said = file.read_text("utf-8")
    assert was in said
    centre.clock.turn(minutes=1)
    file.write_text(said.replace(was, becomes), encoding="utf-8")
    sync_once(centre, "directory")


def prepare(centre: Centre) -> Prepared:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        return programme_letters.prepare(connection, inst, "att-a")


def waiting(centre: Centre) -> list[Hold]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [one for one in holds.listed(connection, "att-a") if one.guard == FIRST]


def decide(centre: Centre, hold: Hold, state: HoldState = HoldState.APPROVED) -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert holds.decide(connection, hold.id, state, "admin1", centre.clock(), None)


def standing(centre: Centre) -> Standing | None:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return programme_letters.standing(connection, inst, "att-a")


def reached(sink: Sink) -> list[str]:
    """Which schools got letters."""
    return sorted(one.recipients[0] for one in sink.messages() if one.recipients[0].startswith("gym"))


def first_sent(centre: Centre) -> None:
    prepare(centre)
    mail(centre)
    decide(centre, waiting(centre)[0])
    mail(centre)


def test_the_first_waits_for_a_person_and_then_reaches_every_school_with_an_address(centre: Centre, sink: Sink) -> None:
    done = prepare(centre)
    assert (done.put, done.before, [unit.code for unit in done.without]) == (2, 0, ["0501003"])
    assert mail(centre).outcome == "held"
    mail(centre)
    (hold,) = waiting(centre)
    assert dict(hold.changes[0].after)["schools"] == "2"
    assert reached(sink) == []
    assert standing(centre) == Standing(202701, 0, 2, False, False)
    decide(centre, hold)
    mail(centre)
    assert reached(sink) == ["gym1@sch.example", "gym2@sch.example"]
    assert standing(centre) == Standing(202701, 2, 0, True, False)
    centre.clock.turn(minutes=1)
    mail(centre)
    assert waiting(centre) == []
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        every = holds.listed(connection, "att-a", states=(HoldState.OPEN, HoldState.APPROVED))
    assert every == []


def test_it_is_words_html_and_a_pdf_of_the_same_programme(centre: Centre, sink: Sink) -> None:
    first_sent(centre)
    one, two = [it.message for it in sink.messages() if it.recipients[0].startswith("gym")]
    assert one["Subject"] == "Σεμινάρια των τριών επόμενων μηνών: ΚΥΠΕΚ Α΄ Αθήνας"
    assert "Προς: 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ" in text(one)
    assert "Μάρτιος 2027:\nΠαρ 12 Μαρ, 17:00–20:00 – Πειράματα (ΕΚΦΕ), ΕΚΦΕ" in text(one)
    html = str(one.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert 'href="http://127.0.0.1:8080/s/EKFE-26-01"' in html
    assert "Παρ 12 Μαρ" in html
    (pdf,), (other,) = ([part.get_payload(decode=True) for part in it.iter_attachments()] for it in (one, two))
    assert pdf == other
    words = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())  # type: ignore[arg-type]
    assert "11 Ιανουαρίου 2027 – 10 Απριλίου 2027" in words
    assert re.search(r"Παρ 12 Μαρ 17:00–20:00 Πειράματα ΕΚΦΕ ΕΚΦΕ", words)


def test_however_often_it_is_sent_a_school_gets_one_a_month(centre: Centre, sink: Sink) -> None:
    first_sent(centre)
    again = prepare(centre)
    assert (again.put, again.before) == (0, 2)
    mail(centre)
    assert len(reached(sink)) == 2


def test_the_next_month_needs_no_approval(centre: Centre, sink: Sink) -> None:
    first_sent(centre)
    centre.clock.now = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    assert prepare(centre).put == 2
    mail(centre)
    assert waiting(centre) == []
    assert len(reached(sink)) == 4


def test_where_every_change_is_proposed_each_month_waits(centre: Centre, sink: Sink) -> None:
    first_sent(centre)
    centre.connectors["post"] = centre.connectors["post"].replace("mode: apply", "mode: propose")
    centre.settings()
    centre.clock.now = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    prepare(centre)
    mail(centre)
    assert len(reached(sink)) == 2
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        (hold,) = [one for one in holds.listed(connection, "att-a") if not one.seminar]
    assert len(hold.changes) == 1
    decide(centre, hold)
    mail(centre)
    assert len(reached(sink)) == 4


def test_what_was_approved_is_what_goes_out(centre: Centre, sink: Sink) -> None:
    """A programme that changed before its approval was used is asked about anew."""
    prepare(centre)
    mail(centre)
    decide(centre, waiting(centre)[0])
    centre.seminar("EKFE-26-01", day=19, title="Πειράματα")
    sync_once(centre, "seats")
    prepare(centre)
    mail(centre)
    assert reached(sink) == []
    decide(centre, waiting(centre)[0])
    mail(centre)
    assert len(reached(sink)) == 2


def test_a_rejected_one_is_not_asked_about_again_and_does_not_go_out(centre: Centre, sink: Sink) -> None:
    prepare(centre)
    mail(centre)
    decide(centre, waiting(centre)[0], HoldState.REJECTED)
    mail(centre)
    mail(centre)
    assert (waiting(centre), reached(sink)) == ([], [])


def test_a_crash_between_two_letters_loses_and_doubles_none(
    centre: Centre, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(centre)
    mail(centre)
    decide(centre, waiting(centre)[0])
    sent = outbox.sent
    calls: list[int] = []

    def dies(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        sent(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("kypek_sync.notices.delivery.outbox.sent", dies)
    with pytest.raises(KeyboardInterrupt):
        mail(centre)
    monkeypatch.undo()
    mail(centre)
    mail(centre)
    messages = [one.message for one in sink.messages() if one.recipients[0].startswith("gym")]
    assert len({(one["Message-ID"]) for one in messages}) == 2
    assert sorted(set(reached(sink))) == ["gym1@sch.example", "gym2@sch.example"]
    assert len(messages) == 3  # one is sent twice, with the same Message-ID (rule 15)


def test_an_empty_programme_is_not_sent(centre: Centre, sink: Sink) -> None:
    centre.seminar("EKFE-26-01", status="ακυρώθηκε")
    sync_once(centre, "seats")
    assert prepare(centre).leaflet is None
    mail(centre)
    assert (standing(centre), waiting(centre)) == (None, [])


def test_letters_of_a_month_that_nobody_approved_give_way_to_the_next(centre: Centre, sink: Sink) -> None:
    prepare(centre)
    mail(centre)
    centre.clock.now = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    prepare(centre)
    mail(centre)
    (hold,) = waiting(centre)
    assert hold.changes[0].target.object == "programme 202702"
    decide(centre, hold)
    mail(centre)
    assert len(reached(sink)) == 2


def test_the_first_that_waits_keeps_no_other_letter_back(
    centre: Centre, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_lane, "SCHOOLS_AT_ONCE", 1)
    prepare(centre)
    course = centre.course()
    centre.seminar("EKFE-26-02", course=centre.address(course), day=13)
    centre.apply("teacher1", course)
    sync_once(centre)
    assert any(one.recipients[0].startswith("teacher1@") for one in sink.messages())
    decide(centre, waiting(centre)[0])
    mail(centre)
    assert len(reached(sink)) == 1
    mail(centre)
    assert len(reached(sink)) == 2


def test_on_its_day_it_is_prepared_by_itself_once(centre: Centre, sink: Sink) -> None:
    centre.services["monthly_programme"] = "{day: 12, hour: 9}"
    centre.settings()
    mail(centre)
    assert (standing(centre), waiting(centre)) == (None, [])
    centre.clock.now = datetime(2027, 1, 12, 7, 0, tzinfo=UTC)
    assert mail(centre).counts["programmes to schools"] == 2
    assert len(waiting(centre)) == 1
    assert "programmes to schools" not in mail(centre).counts


def test_while_all_mail_goes_to_one_address_no_school_is_counted_as_reached(centre: Centre, sink: Sink) -> None:
    """It had gone to the one address for each school, counted as sent, and the next one had needed no approval."""
    prepare(centre)
    centre.services |= {"all_mail_to": "trial@sch.example", "monthly_programme": "{day: 11, hour: 9}"}
    centre.settings()
    mail(centre)
    assert (waiting(centre), reached(sink)) == ([], [])
    centre.clock.now = datetime(2027, 2, 11, 8, 0, tzinfo=UTC)
    assert "programmes to schools" not in mail(centre).counts
    del centre.services["all_mail_to"]
    centre.settings()
    assert mail(centre).counts["programmes to schools"] == 2
    assert len(waiting(centre)) == 1


def test_long_after_its_day_a_month_is_left_out(centre: Centre, sink: Sink) -> None:
    centre.services["monthly_programme"] = "{day: 1, hour: 9}"
    centre.settings()
    centre.clock.now = datetime(2027, 1, 11, 7, 30, tzinfo=UTC)
    mail(centre)
    assert standing(centre) == Standing(0, 0, 0, False, True)


def test_a_letter_needs_no_more_than_its_row(centre: Centre, sink: Sink) -> None:
    """The words are kept once, not with each of 16,000 schools."""
    prepare(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        rows = [row for row in outbox.listed(connection, "att-a") if row.notice.kind == "programme"]
    assert all(len(str(row.notice.facts)) < 200 for row in rows)


def test_two_schools_of_one_address_get_one_letter_that_names_both(centre: Centre, sink: Sink) -> None:
    """An evening school shares the office, and the address, of the one by day: they had two letters."""
    in_the_export(centre, "gym2@sch.example", "Gym1@sch.example")
    assert (prepare(centre).put, prepare(centre).before) == (1, 1)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        rows = outbox.of_cause(connection, "att-a", programme_letters.CAUSE, 202701)
        people = programme_letters.addressees(connection, inst, "att-a", rows)
    assert [people[row.notice.person].surname for row in rows] == ["1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ, 1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ"]


@pytest.mark.parametrize("name", ["ΔΙΕΥΘΥΝΣΕΙΣ ΔΕΥΤΕΡΟΒΑΘΜΙΑΣ ΕΚΠΑΙΔΕΥΣΗΣ", "Διεύθυνση Π.Ε. Α΄ Αθήνας"])
def test_a_container_of_units_is_no_school(
    centre: Centre, sink: Sink, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It stands in the directory like a unit, of no kind."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        first, *rest = programme_letters.every_unit(connection, "directory")
        of_no_kind = [replace(first, name=name, kind=""), *(replace(one, kind="") for one in rest)]
        monkeypatch.setattr(programme_letters, "every_unit", lambda *_: of_no_kind)
        assert programme_letters.schools(connection, inst, "att-a") == tuple(of_no_kind[1:])
