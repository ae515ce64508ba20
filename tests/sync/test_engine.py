"""What the engine remembers from pass to pass: decisions of people, refusals, who had a code first, where people
applied."""

from __future__ import annotations

import threading
from datetime import timedelta

from kypek_sync.contract import Change, Target, Verb
from kypek_sync.ledger import cases, holds, outbox, runs
from kypek_sync.ledger.holds import HoldState
from kypek_sync.sync.passing import Pass
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from tests.sync.centre import Centre, done, sync_once
from tests.sync.test_main_job import four_applicants


def decide(centre: Centre, number: int | None, state: HoldState, days: float | None = None) -> None:
    assert number is not None
    until = None if days is None else centre.clock() + timedelta(days=days)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert holds.decide(connection, number, state, "officer1", centre.clock(), until)


def notices(centre: Centre) -> list[tuple[str, str]]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [(row.notice.login, row.notice.kind) for row in outbox.listed(connection, "att-a")]


def open_cases(centre: Centre) -> dict[str, str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {f.case.kind: f.case.body for f in cases.listed(connection, "att-a") if f.cured is None}


def test_what_was_rejected_is_never_done_although_the_guard_would_let_it_pass(centre: Centre) -> None:
    centre.settings(mode="propose")
    code, _ = four_applicants(centre)
    (number, held) = sync_once(centre)["seats"].held[0]
    decide(centre, number, HoldState.REJECTED)
    centre.settings(mode="apply")
    centre.clock.turn(minutes=1)
    report = sync_once(centre)["seats"]
    assert report.done == []
    assert [n for n, _ in report.held] == [number]
    assert centre.server.calls["write"] == 0
    assert "seat-granted" not in dict(notices(centre)).values()  # the platform will not show it
    centre.clock.turn(minutes=1)
    centre.seminar(code, capacity=3)
    report = sync_once(centre)["seats"]
    assert report.done == []  # what is new needs the course that was rejected: it would fail at every pass
    assert "teacher3" in {c.target.login for _, one in report.held for c in one.changes}
    assert report.outcome != "failed"
    assert len(held.changes) == 5


def test_an_approval_that_has_run_out_is_asked_for_again(centre: Centre) -> None:
    centre.settings(mode="propose")
    four_applicants(centre)
    (number, _) = sync_once(centre)["seats"].held[0]
    decide(centre, number, HoldState.APPROVED, days=1)
    centre.clock.turn(days=2)
    (again, _) = sync_once(centre)["seats"].held[0]
    assert again != number
    assert centre.server.calls["write"] == 0
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        first = holds.get(connection, number or 0)
    assert first is not None
    assert first.state is HoldState.GONE


def test_a_course_whose_creation_stays_unclear_becomes_a_case_and_an_address_heals_it(centre: Centre) -> None:
    """Design, section 4: eClass leaves inactive courses out of its list, so no hit is no proof (E-23)."""
    code = centre.seminar("EKFE-26-02")
    creation = Change(Verb.CREATE_COURSE, Target("eclass", code))
    with centre.installation() as inst, inst.ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", centre.clock())
        runs.intend(connection, run, "att-a", [creation], centre.clock())  # … and the programme dies here
    assert ("course.create", code, "", "ambiguous") in done(sync_once(centre)["seats"])
    report = sync_once(centre)
    assert ("course.create", code, "", "refused") in done(report["seats"])
    assert "Υπάρχον μάθημα" in open_cases(centre)["refused"]
    assert centre.world.courses() == ()
    centre.seminar(code, course=centre.address(centre.course()))
    sync_once(centre)
    sync_once(centre)
    assert open_cases(centre) == {}
    assert len(centre.world.courses()) == 1


def test_what_keeps_a_seminar_back_is_told_in_the_language_of_reports(centre: Centre) -> None:
    """An officer's mistake once stood in English among Greek lines."""
    centre.seminar(capacity="πολλές")
    for top, words in (("", "γραμμή 5 θέσεις: Το «πολλές» δεν είναι ακέραιος"), ("language: en\n", "line 5 θέσεις: ")):
        centre.top = top
        centre.settings()
        (note,) = sync_once(centre)["seats"].notes
        assert note.startswith(f"ekfe.yaml: {words}")


def test_a_code_belongs_to_the_structure_that_had_it_first_also_when_both_files_are_new(centre: Centre) -> None:
    """Rule 20: one bad row keeps back that seminar only."""
    centre.seminar("SHARED-01")
    centre.seminar("EKFE-26-02")
    settings = centre.folder / "kypek.yaml"
    text = settings.read_text(encoding="utf-8")
    other = "      keplinet: {name: ΚΕΠΛΗΝΕΤ, officers: [officer1], programme: keplinet.yaml}\n"
    settings.write_text(text.rstrip("\n") + "\n" + other, encoding="utf-8")
    rows = (centre.folder / "ekfe.yaml").read_text(encoding="utf-8")
    mine = rows.replace("EKFE-26-02", "KEPL-26-01").replace("5/3/2027", "9/3/2027")
    (centre.folder / "keplinet.yaml").write_text(mine, encoding="utf-8")
    report = sync_once(centre)["seats"]
    assert report.counts["seminars"] == 3
    assert any("SHARED-01" in note for note in report.notes)
    assert len(centre.world.courses()) == 3
    assert not sync_once(centre)["seats"].done


def test_nobody_is_told_of_a_seat_while_the_course_cannot_be_read(centre: Centre) -> None:
    """Rule 14: the mail goes out when the platform shows it."""
    centre.settings(mode="propose")
    four_applicants(centre)
    sync_once(centre)  # decided, not shown
    centre.settings(mode="apply")
    centre.faults.set("eclass:unavailable")
    sync_once(centre)
    assert notices(centre) == []
    centre.faults.lift()
    sync_once(centre)
    assert ("teacher1", "seat-granted") in notices(centre)


def test_a_stop_in_the_middle_tells_what_was_done(centre: Centre) -> None:
    four_applicants(centre)
    sync_once(centre, "directory")
    stop = threading.Event()

    def progress(word: str, count: int) -> None:
        if word == "done":
            stop.set()

    with centre.installation() as inst:
        report = run_lane(inst, "att-a", "seats", progress=progress, stop=stop)
    assert len(report.done) == 1
    assert report.skipped
    sync_once(centre)
    assert not sync_once(centre)["seats"].done


def test_an_announced_period_has_limits_of_its_own(centre: Centre) -> None:
    """Rule 5: in the summer's transfers more may pass, and on the day after no more."""
    first, last = centre.clock.now, centre.clock.now + timedelta(days=1)
    limits = "{per_seminar: 50, per_run: 50}"
    centre.top = f"announced_periods:\n  - {{starts: {first:%Y-%m-%d}, ends: {last:%Y-%m-%d}, limits: {limits}}}\n"
    centre.settings()
    for days, expected in ((0, 50), (1, 50), (1, 3)):
        centre.clock.turn(days=days)
        with centre.installation() as inst:
            this = Pass(inst, "att-a", "seats", True, LaneReport("att-a", "seats"), lambda: None)
            assert this.limits().per_seminar == expected
