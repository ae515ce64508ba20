"""The main job on a real wire: a programme becomes courses, groups and seats, and a second run finds nothing to do."""

from __future__ import annotations

from kypek_sync.contract import Change, Target, Verb
from kypek_sync.ledger import cases, holds, outbox, programmes, runs
from kypek_sync.ledger.holds import HoldState
from kypek_sync.sync.report import exit_code
from kypek_sync.sync.run import run_lane
from tests.sync.centre import TEACHERS, Centre, Teacher, done, group, seats, sync_once


def four_applicants(centre: Centre, **values: object) -> tuple[str, str]:
    """A seminar with two seats whose existing course four teachers have joined."""
    course = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    return centre.seminar(course=centre.address(course), **values), course


def test_a_programme_becomes_courses_seats_and_groups_and_the_second_run_does_nothing(centre: Centre) -> None:
    code, course = four_applicants(centre)
    new = centre.seminar("EKFE-26-02")
    first = sync_once(centre)
    assert exit_code(list(first.values())) == 0
    assert seats(centre, code) == {
        "teacher1": "granted",
        "teacher2": "granted",
        "teacher3": "waiting",
        "teacher4": "waiting",
    }
    assert group(centre, course) == {"teacher1", "teacher2"}
    made = next(c for c in centre.world.courses() if c.title.startswith(f"Σεμινάριο {new}"))
    assert {m.username: m.role for m in centre.world.members(made.code)} == {
        "officer1": "teacher",
        "trainer1": "teacher",
    }
    writes = centre.server.calls["write"]
    second = sync_once(centre)
    assert all(not report.done and not report.held and not report.problems for report in second.values())
    assert centre.server.calls["write"] == writes


def test_everybody_is_told_once(centre: Centre) -> None:
    code, _ = four_applicants(centre)
    sync_once(centre)
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        rows = outbox.listed(connection, "att-a")
    assert sorted((r.notice.login, r.notice.kind) for r in rows) == [
        ("teacher1", "seat-granted"),
        ("teacher2", "seat-granted"),
        ("teacher3", "seat-waiting"),
        ("teacher4", "seat-waiting"),
    ]
    assert len({r.message_id for r in rows}) == 4
    assert all(code in r.message_id for r in rows)


def test_somebody_who_leaves_frees_the_seat_for_the_first_of_the_waiting(centre: Centre) -> None:
    code, course = four_applicants(centre)
    sync_once(centre)
    centre.world.unenrol("teacher1", course)
    centre.clock.turn(minutes=15)
    sync_once(centre)
    assert seats(centre, code) == {
        "teacher1": "withdrawn",
        "teacher2": "granted",
        "teacher3": "granted",
        "teacher4": "waiting",
    }
    assert {"teacher2", "teacher3"} <= group(centre, course)


def test_an_application_newer_than_the_watermark_waits_for_the_next_read(centre: Centre) -> None:
    code, course = four_applicants(centre, capacity=10)
    centre.apply("teacher5", course, minutes_ago=1)
    sync_once(centre)
    assert seats(centre, code)["teacher5"] == "under-review"
    centre.clock.turn(minutes=15)
    sync_once(centre)
    assert seats(centre, code)["teacher5"] == "granted"


def test_an_empty_answer_withdraws_nobody(centre: Centre) -> None:
    """go-gitea/gitea#7949: a successful but empty answer deactivated all. E-27: `[]` is unknown until proven."""
    code, course = four_applicants(centre)
    sync_once(centre)
    before = seats(centre, code)
    centre.faults.set("eclass:members-empty")
    centre.clock.turn(minutes=15)
    report = sync_once(centre)["seats"]
    assert seats(centre, code) == before
    assert not [c for c, _ in report.done if c.removes]
    assert report.counts["courses partly read"] == 1
    assert group(centre, course) == {"teacher1", "teacher2"}


def test_an_unreachable_platform_is_not_an_empty_one(centre: Centre) -> None:
    """opnsense/core#10128: a directory that was unreachable cost 43 people their access."""
    code, _ = four_applicants(centre)
    sync_once(centre)
    before = seats(centre, code)
    centre.server.stop()
    report = sync_once(centre)["seats"]
    assert seats(centre, code) == before
    assert len(report.problems) == 1
    assert "eclass" in report.problems[0]
    assert exit_code([report]) == 1


def test_html_with_200_is_told_and_changes_nothing(centre: Centre) -> None:
    code, _ = four_applicants(centre)
    sync_once(centre)
    before = seats(centre, code)
    centre.faults.set("eclass:html-200")
    report = sync_once(centre)["seats"]
    assert seats(centre, code) == before
    assert report.problems
    centre.faults.lift()
    assert not sync_once(centre)["seats"].problems


def three_of_four_leave(centre: Centre) -> str:
    code, course = four_applicants(centre)
    sync_once(centre)
    for number in (1, 2, 3):
        centre.world.unenrol(f"teacher{number}", course)
    centre.clock.turn(minutes=15)
    return code


def test_half_a_course_gone_at_once_waits_for_a_person(centre: Centre) -> None:
    """Design, rule 5: held, and promotions and notices of that seminar wait."""
    code = three_of_four_leave(centre)
    before = seats(centre, code)
    report = sync_once(centre)["seats"]
    assert seats(centre, code) == before
    ((number, held),) = report.held
    assert number is not None
    assert "3 of the 4 applications" in str(held.why)
    assert [change.target.login for change in held.changes] == ["teacher1", "teacher2", "teacher3"]
    assert report.counts["notices queued"] == 0
    assert exit_code([report]) == 2
    assert sync_once(centre)["tickets"].counts["open cases"] == 1


def test_a_person_who_looked_lets_a_course_empty(centre: Centre) -> None:
    code = three_of_four_leave(centre)
    ((number, _),) = sync_once(centre)["seats"].held
    assert number is not None
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert holds.decide(connection, number, HoldState.APPROVED, "admin", centre.clock(), None)
    report = sync_once(centre)["seats"]
    assert report.held == []
    assert seats(centre, code) == {
        "teacher1": "withdrawn",
        "teacher2": "withdrawn",
        "teacher3": "withdrawn",
        "teacher4": "granted",
    }
    assert sync_once(centre)["tickets"].counts["open cases"] == 0


def test_more_withdrawals_in_a_day_than_the_limit_wait_for_a_person(centre: Centre) -> None:
    course = centre.course()
    for number in range(1, 9):
        centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
    centre.world.add_user("teacher9", "Όνομα", "Εννιά", "teacher9@sch.example")
    code = centre.seminar(course=centre.address(course), capacity=8)
    sync_once(centre)
    for number in (1, 2, 3):
        centre.world.unenrol(f"teacher{number}", course)
    centre.clock.turn(minutes=15)
    assert sync_once(centre)["seats"].held == []
    for number in (4, 5):
        centre.world.unenrol(f"teacher{number}", course)
    centre.clock.turn(minutes=15)
    assert sync_once(centre)["seats"].held == []
    centre.world.unenrol("teacher6", course)
    centre.clock.turn(minutes=15)
    ((_, held),) = sync_once(centre)["seats"].held
    assert "6 withdrawals" in str(held.why)
    assert seats(centre, code)["teacher6"] == "granted"
    centre.clock.turn(days=1)
    assert sync_once(centre)["seats"].held == []
    assert seats(centre, code)["teacher6"] == "withdrawn"


def test_a_course_creation_without_an_answer_is_looked_up_not_repeated(centre: Centre) -> None:
    """E-23: creation is not idempotent; the list shows it by our reference."""
    code = centre.seminar("EKFE-26-02")
    centre.faults.set("eclass:reset-after-write@1")
    first = sync_once(centre)["seats"]
    assert ("course.create", code, "", "ambiguous") in done(first)
    second = sync_once(centre)["seats"]
    assert ("course.create", code, "", "already") in done(second)
    titles = [c.title for c in centre.world.courses()]
    assert len([t for t in titles if code in t]) == 1
    assert not sync_once(centre)["seats"].done


def test_enrolments_without_an_answer_become_ours_when_they_show(centre: Centre) -> None:
    code, course = four_applicants(centre)
    sync_once(centre, "directory")
    change = Change(Verb.ENROL, Target("eclass", code, "", "trainer1"), (), (("role", "trainer"),))
    with centre.installation() as inst, inst.ledger.begin() as connection:
        run = runs.begin_run(connection, "att-a", "seats", centre.clock())
        runs.intend(connection, run, "att-a", [change], centre.clock())  # … and the programme dies here
    centre.world.enrol("trainer1", course, "teacher", centre.clock())
    sync_once(centre)
    from kypek_sync.ledger import bindings

    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert "trainer1" in bindings.claimed(connection, "att-a", "enrolment")[("eclass", code)]


def test_a_trainer_unknown_to_the_platform_is_one_case_and_stops_nothing(centre: Centre) -> None:
    code, course = four_applicants(centre)
    centre.people(*TEACHERS, Teacher("newtrainer"))
    text = (centre.folder / "ekfe.yaml").read_text(encoding="utf-8").replace("trainer1", "newtrainer")
    (centre.folder / "ekfe.yaml").write_text(text, encoding="utf-8")
    first = sync_once(centre)
    assert ("enrolment.add", code, "newtrainer", "refused") in done(first["seats"])
    assert group(centre, course) == {"teacher1", "teacher2"}
    assert first["tickets"].counts["open cases"] == 1
    centre.world.add_user("newtrainer", "Όνομα", "Νέα", "n@sch.example")
    centre.clock.turn(minutes=16)  # a refusal rests
    sync_once(centre)
    assert sync_once(centre)["tickets"].counts["open cases"] == 0


def test_an_applicant_unknown_to_the_directory_is_one_case_and_keeps_the_place(centre: Centre) -> None:
    code, course = four_applicants(centre)
    centre.world.add_user("substitute", "Νέος", "Αναπληρωτής", "s@sch.example")
    centre.apply("substitute", course, minutes_ago=120)
    report = sync_once(centre)
    assert seats(centre, code)["substitute"] == "under-identification"
    assert report["tickets"].counts["open cases"] == 1
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        (filed,) = cases.listed(connection, "att-a")
    assert "substitute" in filed.case.body


def test_a_new_connector_only_shows_what_it_would_do(centre: Centre) -> None:
    centre.settings(mode="observe")
    four_applicants(centre)
    report = sync_once(centre)["seats"]
    assert report.done == []
    assert {number for number, _ in report.held} == {None}
    assert centre.server.calls["write"] == 0
    assert report.counts["notices queued"] == 0  # nobody is told of a seat that nobody can see
    assert exit_code([report]) == 2


def test_what_was_approved_is_applied_although_new_applications_arrived_meanwhile(centre: Centre) -> None:
    """Design, rule 6: an approval holds for its changes, whatever else has become wanted."""
    centre.settings(mode="propose")
    code, course = four_applicants(centre, capacity=10)
    first = sync_once(centre)["seats"]
    (number, _) = first.held[0]
    assert number is not None
    with centre.installation() as inst, inst.ledger.begin() as connection:
        assert holds.decide(connection, number, HoldState.APPROVED, "admin", centre.clock(), None)
    centre.apply("teacher5", course, minutes_ago=10)
    centre.clock.turn(minutes=1)
    second = sync_once(centre)["seats"]
    assert group(centre, course) == {"teacher1", "teacher2", "teacher3", "teacher4"}
    assert [c.target.login for _, h in second.held for c in h.changes] == ["teacher5"]
    assert seats(centre, code)["teacher5"] == "granted"


def test_a_row_missing_from_the_file_cancels_nothing(centre: Centre) -> None:
    """Design, rule 20."""
    code, course = four_applicants(centre)
    centre.seminar("EKFE-26-02")
    sync_once(centre)
    centre.without(code)
    report = sync_once(centre)["seats"]
    assert report.done == []
    assert group(centre, course) == {"teacher1", "teacher2"}


def test_a_fresh_file_with_new_rows_alone_takes_over_nobodys_course(centre: Centre) -> None:
    """Codes given to rows without one avoid those in force, whether the file still names them or not (rule 20)."""
    code, course = four_applicants(centre)
    sync_once(centre)
    centre.seminar("", title="Αστρονομία")
    centre.without(code)
    sync_once(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        titles = {one: o.seminar.title for one, o in programmes.in_force(connection, "att-a").items()}
    assert titles == {"EKFE-26-01": "Σεμινάριο EKFE-26-01", "EKFE-26-02": "Αστρονομία"}
    assert group(centre, course) == {"teacher1", "teacher2"}


def test_an_unapproved_programme_is_only_a_draft(centre: Centre) -> None:
    centre.settings(approval="true")
    four_applicants(centre)
    report = sync_once(centre)["seats"]
    assert report.counts["drafts"] == 1
    assert report.done == []


def test_a_broken_programme_file_keeps_what_is_in_force(centre: Centre) -> None:
    code, course = four_applicants(centre)
    sync_once(centre)
    (centre.folder / "ekfe.yaml").write_text("σεμινάρια:\n\t- tab", encoding="utf-8")
    report = sync_once(centre)["seats"]
    assert "tab" in report.problems[0]
    assert report.done == []
    assert seats(centre, code)["teacher1"] == "granted"
    assert group(centre, course) == {"teacher1", "teacher2"}


def test_two_syncs_at_once_are_one(centre: Centre) -> None:
    from kypek_sync.sync.lease import LaneLease

    four_applicants(centre)
    sync_once(centre, "directory")
    with centre.installation() as inst, LaneLease(inst.ledger, "att-a", "seats", centre.clock):
        report = run_lane(inst, "att-a", "seats")
    assert "being worked on" in report.skipped
    assert report.done == []
    assert sync_once(centre)["seats"].done


def test_a_lease_lost_in_the_middle_stops_the_writing(centre: Centre) -> None:
    """Design, rule 11: asked before each call."""
    from kypek_sync.ledger import leases

    four_applicants(centre)
    sync_once(centre, "directory")
    with centre.installation() as inst:

        def steal(word: str, count: int) -> None:
            if word == "total":
                centre.clock.turn(minutes=5)
                with inst.ledger.begin() as connection:
                    assert leases.take(connection, "att-a", "seats", "somebody else", centre.clock())

        report = run_lane(inst, "att-a", "seats", progress=steal)
    assert "taken over" in report.problems[0]
    assert centre.server.calls["write"] == 0


def test_with_the_older_api_a_seminar_is_honestly_partial(older: Centre) -> None:
    """E-6, section 3 of the sheet: no member list, so nobody is known to have applied and nobody to have left."""
    course = older.course()
    older.apply("teacher1", course)
    code = older.seminar(course=older.address(course))
    report = sync_once(older)["seats"]
    assert report.counts["courses partly read"] == 1
    assert not report.failed
    assert ("enrolment.add", code, "trainer1", "done") in done(report)
    assert not sync_once(older)["seats"].done


def test_without_a_directory_nobody_is_judged_and_nothing_breaks(centre: Centre) -> None:
    code, _ = four_applicants(centre)
    text = (centre.folder / "kypek.yaml").read_text(encoding="utf-8").replace("    directory: directory\n", "")
    (centre.folder / "kypek.yaml").write_text(text, encoding="utf-8")
    reports = sync_once(centre)
    assert set(seats(centre, code).values()) == {"under-identification"}
    assert reports["directory"].counts == {}
