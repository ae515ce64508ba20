"""A directory that shows only a part of itself for days is a case: until then only `status` told of it."""

from __future__ import annotations

import os

from kypek_sync.ledger import cases, outbox
from kypek_sync.sandbox.mail import Sink
from kypek_sync.seminar.cases import Case
from tests.sync.centre import TEACHERS, Centre, sync_once
from tests.sync.services import with_mail


def later(centre: Centre, hours: float) -> list[Case]:
    """A pass of the directory and of the tickets so much later; the cases that stand."""
    centre.clock.turn(hours=hours)
    for lane in ("directory", "tickets"):
        sync_once(centre, lane)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [one.case for one in cases.listed(connection, "att-a") if one.cured is None]


def test_it_is_one_case_a_day_after_it_was_due_and_ends_with_a_whole_read(centre: Centre) -> None:
    assert later(centre, 0) == []
    centre.people(*TEACHERS[:6])  # four of ten are missing
    assert later(centre, 1) == []
    assert later(centre, 46) == []
    (case,) = later(centre, 1)
    assert (case.ref, case.subject) == (
        "kypek:case:att-a:read-in-part:directory",
        "Ο κατάλογος directory διαβάζεται μόνο εν μέρει",
    )
    assert "Διαβάστηκε ολόκληρος για τελευταία φορά στις 02/11/2026 11:00." in case.body
    assert later(centre, 24 * 7) == [case]  # the same words: its ticket is not written to again
    centre.people()
    assert later(centre, 1) == []


def test_a_directory_that_several_centres_share_is_told_by_the_first(centre: Centre) -> None:
    centre.top = "  ach:\n    name: Πρώτο\n    directory: directory\n"
    centre.settings()
    assert later(centre, 0) == []
    centre.people(*TEACHERS[:6])
    assert later(centre, 1) == []
    assert later(centre, 72) == []
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert [one.case.kind for one in cases.listed(connection, "ach")] == ["read-in-part"]


def without_units(centre: Centre) -> None:
    """The export as an account draws it that may not read the school's entry any more."""
    export = centre.folder / "directory.ldif"
    kept = [one for one in export.read_text("utf-8").split("\n\n") if "dn: ou=1gym-athinas" not in one]
    export.write_text("\n\n".join(kept), "utf-8")
    os.utime(export, (centre.clock.now.timestamp(),) * 2)


def test_units_that_are_read_only_in_part_are_a_case_too(centre: Centre) -> None:
    """The people are all there, so that nothing told of it: for months no new school was known."""
    assert later(centre, 0) == []
    centre.clock.turn(hours=1)
    without_units(centre)
    assert later(centre, 0) == []
    (case,) = later(centre, 48)
    assert (case.ref, case.subject) == (
        "kypek:case:att-a:read-in-part:directory:units",
        "Οι μονάδες του καταλόγου directory διαβάζονται μόνο εν μέρει",
    )
    assert "Διαβάστηκαν όλες για τελευταία φορά στις 02/11/2026 11:00." in case.body
    centre.people()
    assert later(centre, 1) == []


def letters(centre: Centre, sink: Sink, days: float) -> list[tuple[str, str]]:
    """Two passes of each lane so much later: the letters that went out, as addressee and subject."""
    before = len(sink.messages())
    centre.clock.turn(days=days)
    for lane in ("directory", "tickets", "mail") * 2:
        centre.clock.turn(minutes=5)
        sync_once(centre, lane)
    return sorted(
        (one.recipients[0].partition("@")[0], str(one.message["subject"])) for one in sink.messages()[before:]
    )


def test_where_no_helpdesk_is_each_administrator_gets_a_letter_every_week(centre: Centre) -> None:
    """The case stood in `tickets list` for weeks, and nobody was told."""
    told = [(login, "Ο κατάλογος directory διαβάζεται μόνο εν μέρει") for login in ("officer1", "teacher1")]
    centre.services["administrators"] = "[officer1, teacher1]"
    with with_mail(centre) as sink:
        assert letters(centre, sink, 0) == []
        centre.people(*TEACHERS[:5], TEACHERS[-1])
        assert letters(centre, sink, 1) == []
        assert letters(centre, sink, 1) == told
        body = sink.messages()[-1].message.get_body(("plain",))
        assert body is not None
        assert "ώσπου να διαβαστεί πάλι ολόκληρος" in str(body.get_content())
        assert letters(centre, sink, 5) == []
        assert letters(centre, sink, 2) == told
        centre.people()
        assert letters(centre, sink, 8) == []


def test_a_letter_that_did_not_go_out_is_taken_back_when_all_is_read_again(centre: Centre) -> None:
    centre.services["administrators"] = "[officer1]"
    with with_mail(centre) as sink:
        file = centre.folder / "kypek.yaml"
        file.write_text(file.read_text("utf-8").replace("mode: apply, host", "mode: observe, host"), "utf-8")
        letters(centre, sink, 0)
        centre.people(*TEACHERS[:5])
        letters(centre, sink, 3)
        with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            assert [row.notice.kind for row in outbox.unsent(connection, "att-a")] == ["read-in-part"]
        centre.people()
        letters(centre, sink, 0)
        with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            assert outbox.unsent(connection, "att-a") == []


def test_the_case_says_what_a_person_can_do_about_a_directory_that_shrank(centre: Centre) -> None:
    later(centre, 0)
    centre.people(*TEACHERS[:6])
    later(centre, 1)
    (case,) = later(centre, 47)
    assert "Αν πράγματι μίκρυνε τόσο: «kypek-sync directory accept directory --why TEXT»." in case.body
