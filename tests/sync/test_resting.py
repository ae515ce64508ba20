"""A change that was refused rests, is shown, and keeps nobody else waiting; a person can have it tried at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kypek_sync.contract import Change, Target, Verb
from kypek_sync.ledger import cases, runs, setbacks
from kypek_sync.ledger.setbacks import Setback
from kypek_sync.sync.planning.aside import Reason
from kypek_sync.sync.report import LaneReport, exit_code
from tests.sync.centre import TEACHERS, Centre, Teacher, done, sync_once

CODE = "EKFE-26-01"
NOBODY = "newtrainer"


@pytest.fixture
def refused(centre: Centre) -> LaneReport:
    """A trainer of the directory who has never signed in to eClass: it refuses to enrol them."""
    centre.people(*TEACHERS, Teacher(NOBODY))
    centre.seminar(CODE)
    text = (centre.folder / "ekfe.yaml").read_text(encoding="utf-8")
    (centre.folder / "ekfe.yaml").write_text(
        text.replace("επιμορφωτές: trainer1", f"επιμορφωτές: [trainer1, {NOBODY}]"), encoding="utf-8"
    )
    return sync_once(centre)["seats"]


def listed(centre: Centre) -> list[Setback]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return setbacks.listed(connection, "att-a")


def open_cases(centre: Centre) -> set[str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {filed.case.kind for filed in cases.listed(connection, "att-a") if filed.cured is None}


def test_a_refused_change_rests_without_making_every_pass_a_failure(centre: Centre, refused: LaneReport) -> None:
    assert ("enrolment.add", CODE, NOBODY, "refused") in done(refused)
    assert exit_code([refused]) == 1
    writes = centre.server.calls["write"]
    report = sync_once(centre)["seats"]
    assert report.done == []
    assert {aside.change.target.login for aside in report.aside} == {NOBODY}
    assert {aside.reason for aside in report.aside} == {Reason.RESTING}
    assert exit_code([report]) == 0
    assert centre.server.calls["write"] == writes
    assert open_cases(centre) == {"refused"}  # resting is no cure


def test_it_is_tried_again_when_it_is_due_and_rests_longer(centre: Centre, refused: LaneReport) -> None:
    (first,) = listed(centre)
    centre.clock.turn(minutes=16)
    assert ("enrolment.add", CODE, NOBODY, "refused") in done(sync_once(centre)["seats"])
    (second,) = listed(centre)
    assert (first.attempts, second.attempts) == (1, 2)
    assert second.next is not None
    assert second.next - centre.clock() > timedelta(minutes=45)


def test_a_success_ends_it_and_cures_its_case(centre: Centre, refused: LaneReport) -> None:
    centre.world.add_user(NOBODY, "Όνομα", "Επιμορφωτή", f"{NOBODY}@sch.example")
    centre.clock.turn(minutes=16)
    report = sync_once(centre)["seats"]
    assert ("enrolment.add", CODE, NOBODY, "done") in done(report)
    assert listed(centre) == []
    assert open_cases(centre) == set()


def test_a_wish_that_is_gone_ends_it(centre: Centre, refused: LaneReport) -> None:
    centre.seminar(CODE)  # the file without the new trainer
    sync_once(centre)
    assert listed(centre) == []
    assert open_cases(centre) == set()


def test_while_the_course_cannot_be_read_nothing_is_forgotten(centre: Centre, refused: LaneReport) -> None:
    centre.seminar(CODE)
    centre.faults.set("eclass:server-error")
    sync_once(centre)
    assert len(listed(centre)) == 1


def test_what_needs_a_course_that_rests_rests_with_it(centre: Centre) -> None:
    """Else each pass would fail again with what follows from the refusal."""
    code = centre.seminar("EKFE-26-02")
    creation = Change(Verb.CREATE_COURSE, Target("eclass", code))
    with centre.installation() as inst, inst.ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", centre.clock())
        runs.intend(connection, run, "att-a", [creation], centre.clock())  # … and the programme dies here
    assert ("course.create", code, "", "ambiguous") in done(sync_once(centre)["seats"])  # looked for, without delay
    assert ("course.create", code, "", "refused") in done(sync_once(centre)["seats"])
    report = sync_once(centre)["seats"]
    assert report.done == []
    assert {aside.change.verb for aside in report.aside} >= {Verb.CREATE_COURSE, Verb.CREATE_GROUP, Verb.ENROL}
    assert exit_code([report]) == 0
