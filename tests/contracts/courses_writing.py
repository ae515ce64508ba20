"""What every course platform must keep when it is written to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kypek_sync.contract import Ambiguous, Capability, Enrolment, GroupPlace, ManyGroups, Outcome, Receipt, TryLater
from kypek_sync.model import CourseRole
from tests.contracts.courses_platform import NO_ANSWERS, SPRING, Platform

STUDENT, ASSISTANT, TRAINER = CourseRole.STUDENT, CourseRole.ASSISTANT, CourseRole.TRAINER


def students(*logins: str) -> list[Enrolment]:
    """Enrolments as students."""
    return [Enrolment(login, STUDENT) for login in logins]


def outcomes(receipts) -> list[Outcome]:
    """What became of each."""
    return [receipt.outcome for receipt in receipts]


def _joined(platform: Platform, places: list[GroupPlace]) -> list[Receipt]:
    """Put into groups, by one call where that is offered."""
    if isinstance(platform.courses, ManyGroups):
        return list(platform.courses.join_groups(places))
    return [receipt for one in places for receipt in platform.courses.join_group(one.course, one.group, [one.login])]


class WritingContract:
    """Nothing is done twice, nobody loses what they have, and a receipt that stands was looked at."""

    def test_applying_twice_is_applying_once(self, platform: Platform) -> None:
        logins = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        wanted = students(*logins)
        assert outcomes(platform.courses.enrol(course, wanted)) == [Outcome.DONE, Outcome.DONE]
        assert outcomes(platform.courses.enrol(course, wanted)) == [Outcome.ALREADY, Outcome.ALREADY]
        assert platform.world.members(course) == dict.fromkeys(logins, STUDENT)
        group = platform.courses.create_group(course, "Συμμετέχοντες")
        again = platform.courses.create_group(course, "Συμμετέχοντες")
        assert (group.outcome, again.outcome) == (Outcome.DONE, Outcome.ALREADY)
        assert again.foreign_id == group.foreign_id
        for _ in range(2):
            receipts = platform.courses.join_group(course, group.foreign_id, logins)
            assert all(receipt.stands for receipt in receipts)
            assert platform.shows(course, group.foreign_id, logins)

    def test_what_is_there_by_hand_is_already_there(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(login, course, SPRING)
        assert outcomes(platform.courses.enrol(course, students(login))) == [Outcome.ALREADY]

    def test_one_bad_login_never_spoils_the_others(self, platform: Platform) -> None:
        good = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        wanted = students("elioannou", "kanenas", "", "x" * 300, "δύο λέξεις\n", "gvlachos")
        receipts = platform.courses.enrol(course, wanted)
        refused = [Outcome.REFUSED] * 4
        assert outcomes(receipts) == [Outcome.DONE, *refused, Outcome.DONE]
        assert "kanenas" in receipts[1].detail
        assert all(receipt.detail for receipt in receipts[1:-1])
        assert set(platform.world.members(course)) == set(good)

    def test_a_trainer_is_never_demoted(self, platform: Platform) -> None:
        """E-24: neither by an enrolment, nor by a group."""
        trainer, assistant = platform.people("mpapadopoulou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        roles = {trainer: TRAINER, assistant: ASSISTANT}
        platform.courses.enrol(course, [Enrolment(login, role) for login, role in roles.items()])
        before = platform.world.members(course)
        assert before[trainer] is TRAINER
        assert all(receipt.stands for receipt in platform.courses.enrol(course, students(*roles)))
        assert platform.world.members(course) == before
        group = platform.courses.create_group(course, "Συμμετέχοντες").foreign_id
        assert all(receipt.stands for receipt in platform.courses.join_group(course, group, [*roles]))
        assert platform.world.members(course) == before
        assert platform.shows(course, group, roles)

    def test_a_student_can_become_a_trainer(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.enrol(course, students(login))
        assert outcomes(platform.courses.enrol(course, [Enrolment(login, TRAINER)])) == [Outcome.DONE]
        assert platform.world.members(course) == {login: TRAINER}

    def test_only_the_named_memberships_end(self, platform: Platform) -> None:
        one, two, never = platform.people("elioannou", "gvlachos", "skontou")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.enrol(course, students(one, two))
        assert outcomes(platform.courses.unenrol(course, [one, never])) == [Outcome.DONE, Outcome.ALREADY]
        assert outcomes(platform.courses.unenrol(course, [one])) == [Outcome.ALREADY]
        assert platform.world.members(course) == {two: STUDENT}
        assert platform.courses.membership(course, one) is None

    def test_a_suspended_member_stays_and_is_let_in_again(self, platform: Platform) -> None:
        one, trainer, stranger = platform.people("elioannou", "gvlachos", "skontou")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.enrol(course, [*students(one), Enrolment(trainer, TRAINER)])
        everybody, before = [one, trainer, stranger], platform.world.members(course)
        for write in (platform.courses.suspend, platform.courses.resume):
            receipts = write(course, everybody)
            again = write(course, everybody)
            assert platform.world.members(course) == before
            if platform.can(Capability.SUSPEND):
                assert outcomes(receipts) == [Outcome.DONE, Outcome.REFUSED, Outcome.REFUSED]
                assert outcomes(again) == [Outcome.ALREADY, Outcome.REFUSED, Outcome.REFUSED]
            else:
                assert set(outcomes(receipts)) == {Outcome.REFUSED}
            assert all(receipt.detail for receipt in receipts if receipt.outcome is Outcome.REFUSED)
            if platform.can(Capability.SUSPEND):
                shown = {member.login: member.active for member in platform.courses.members(course, {}).items}
                assert shown == {one: write == platform.courses.resume, trainer: True}

    def test_a_trainer_is_never_taken_out(self, platform: Platform) -> None:
        """We enrolled a student; an officer promoted them; what we know of them still says student."""
        one, two = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.enrol(course, students(one, two))
        platform.courses.enrol(course, [Enrolment(one, TRAINER)])
        receipts = platform.courses.unenrol(course, [one, two])
        assert outcomes(receipts) == [Outcome.REFUSED, Outcome.DONE]
        assert receipts[0].detail
        assert platform.world.members(course) == {one: TRAINER}

    def test_groups_never_change_who_is_in_the_course(self, platform: Platform) -> None:
        member, stranger = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        platform.world.self_enrol(member, course, SPRING)
        group = platform.courses.create_group(course, "Συμμετέχοντες").foreign_id
        receipts = platform.courses.join_group(course, group, [member, stranger, "kanenas"])
        assert [receipt.stands for receipt in receipts] == [True, False, False]
        assert all(receipt.detail for receipt in receipts[1:])
        platform.courses.leave_group(course, group, [member])
        assert platform.world.members(course) == {member: STUDENT}

    def test_what_is_not_declared_is_refused(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.enrol(course, students(login))
        group = platform.courses.create_group(course, "Συμμετέχοντες").foreign_id
        platform.courses.join_group(course, group, [login])
        (left,) = platform.courses.leave_group(course, group, [login])
        if platform.can(Capability.GROUP_REMOVE):
            assert left.outcome is Outcome.DONE
            assert platform.shows(course, group, ())
        else:
            assert left.outcome is Outcome.REFUSED
            assert left.detail
            assert platform.shows(course, group, {login})
        updated = platform.courses.update(course, platform.draft(title="Άλλος τίτλος"))
        shown = platform.courses.course(course)
        if platform.can(Capability.COURSE_UPDATE):
            assert updated.stands
            assert "Άλλος τίτλος" in shown.title
            assert (shown.starts, shown.description) == (SPRING, platform.draft().description)
            as_it_is = replace(platform.draft(title="Τρίτος τίτλος"), description=None, starts=None)
            assert platform.courses.update(course, as_it_is).stands
            shown = platform.courses.course(course)
            assert (shown.starts, shown.description) == (SPRING, platform.draft().description)
        else:
            assert updated.outcome is Outcome.REFUSED
            assert updated.detail
            assert shown.title == "Ρομποτική"

    def test_groups_show_their_members_where_that_is_declared(self, platform: Platform) -> None:
        one, two = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.enrol(course, students(one, two))
        full = platform.courses.create_group(course, "Συμμετέχοντες").foreign_id
        empty = platform.courses.create_group(course, "Αναμονή").foreign_id
        platform.courses.join_group(course, full, [one])
        read = platform.courses.groups(course)
        shown = {group.id: group.members for group in read.items}
        if platform.can(Capability.GROUP_MEMBERS):
            assert shown == {full: {one}, empty: frozenset()}
        else:
            assert shown == {full: None, empty: None}
        assert read.complete
        assert {group.name for group in read.items} == {"Συμμετέχοντες", "Αναμονή"}

    def test_nothing_is_joined_in_a_group_that_is_not_there(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        course, other = platform.world.add_course("Ρομποτική"), platform.world.add_course("Χημεία")
        platform.courses.enrol(course, students(login))
        foreign = platform.courses.create_group(other, "Συμμετέχοντες").foreign_id
        for group in (foreign, "999999"):
            (receipt,) = platform.courses.join_group(course, group, [login])
            assert receipt.outcome is Outcome.REFUSED
        assert platform.world.members(other) == {}

    def test_places_in_several_courses_are_judged_one_by_one(self, platform: Platform) -> None:
        member, stranger = platform.people("elioannou", "gvlachos")
        places = []
        for title in ("Ρομποτική", "Χημεία", "Μουσική"):
            course = platform.world.add_course(title)
            platform.courses.enrol(course, students(member))
            places.append(GroupPlace(course, platform.courses.create_group(course, "Συμμετέχοντες").foreign_id, member))
        places.insert(1, places[1]._replace(login=stranger))
        joined = _joined(platform, places)
        assert [receipt.stands for receipt in joined] == [True, False, True, True]
        assert all(platform.shows(place.course, place.group, {member}) for place in places)
        assert all(receipt.stands for receipt in _joined(platform, [places[0], *places[2:]]))

    def test_a_course_is_made_once_and_found_again(self, platform: Platform) -> None:
        made = platform.courses.create(platform.draft())
        assert made.outcome is Outcome.DONE
        found = platform.courses.find(platform.ref)
        assert (found.id, found.ref, found.address) == (made.foreign_id, platform.ref, made.address)
        assert platform.courses.course(made.foreign_id).ref == platform.ref
        assert platform.courses.at(made.address).id == made.foreign_id
        again = platform.courses.create(platform.draft())
        assert (again.outcome, again.foreign_id) == (Outcome.ALREADY, made.foreign_id)
        assert len(platform.world.titles()) == 1
        assert "https://kypek.att-a.sch.gr/s/EKFE-27-03" in found.description

    def test_two_seminars_are_never_taken_for_one(self, platform: Platform) -> None:
        """The same code in two centres, and one code that begins like another."""
        refs = [platform.ref, platform.ref.replace(":att-a:", ":att-b:"), f"{platform.ref}1"]
        made = {ref: platform.courses.create(platform.draft(ref)).foreign_id for ref in refs}
        assert len(set(made.values())) == len(refs)
        assert {ref: platform.courses.find(ref).id for ref in refs} == made

    def test_a_long_title_keeps_the_reference(self, platform: Platform) -> None:
        made = platform.courses.create(platform.draft(title="Παιδαγωγική αξιοποίηση " * 40))
        assert made.outcome is Outcome.DONE
        assert platform.courses.find(platform.ref).id == made.foreign_id

    def test_an_ambiguous_course_is_found_by_looking(self, platform: Platform) -> None:
        platform.courses.find(platform.ref)
        with platform.trouble("reset-after-write@1"), pytest.raises(Ambiguous):
            platform.courses.create(platform.draft())
        found = platform.courses.find(platform.ref)
        assert found is not None
        again = platform.courses.create(platform.draft())
        assert (again.outcome, again.foreign_id) == (Outcome.ALREADY, found.id)
        assert len(platform.world.titles()) == 1

    def test_an_ambiguous_enrolment_is_settled_by_the_next_pass(self, platform: Platform) -> None:
        logins = platform.people("elioannou", "gvlachos")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.membership(course, logins[0])
        with platform.trouble("reset-after-write@1"):
            try:
                first = outcomes(platform.courses.enrol(course, students(*logins)))
            except Ambiguous:
                first = [Outcome.AMBIGUOUS]
        assert set(first) <= {Outcome.DONE, Outcome.AMBIGUOUS}
        assert all(receipt.stands for receipt in platform.courses.enrol(course, students(*logins)))
        assert platform.world.members(course) == dict.fromkeys(logins, STUDENT)

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_a_write_without_a_proper_answer_does_not_stand(self, platform: Platform, fault: str) -> None:
        (login,) = platform.people("elioannou")
        course = platform.world.add_course("Ρομποτική")
        platform.courses.find(platform.ref)
        with platform.trouble(fault):
            for write in (
                lambda: platform.courses.enrol(course, students(login)),
                lambda: platform.courses.unenrol(course, [login]),
                lambda: (platform.courses.create_group(course, "Συμμετέχοντες"),),
                lambda: (platform.courses.create(platform.draft()),),
            ):
                try:
                    receipts = write()
                except (TryLater, Ambiguous):
                    continue
                assert not any(receipt.stands for receipt in receipts)
        assert all(receipt.stands for receipt in platform.courses.enrol(course, students(login)))
        assert platform.courses.create(platform.draft()).stands
        assert platform.world.members(course) == {login: STUDENT}
        assert len(platform.world.titles()) == 2

    def test_nothing_to_do_asks_nothing(self, platform: Platform) -> None:
        course = platform.world.add_course("Ρομποτική")
        platform.courses.capabilities()
        with platform.trouble("refuse"):
            assert platform.courses.enrol(course, []) == ()
            assert platform.courses.unenrol(course, []) == ()
            assert platform.courses.join_group(course, "1", []) == ()
            assert platform.courses.leave_group(course, "1", []) == ()

    def test_writes_to_no_course_do_not_stand(self, platform: Platform) -> None:
        (login,) = platform.people("elioannou")
        for write in (
            lambda: platform.courses.enrol(platform.unknown_course, students(login)),
            lambda: platform.courses.unenrol(platform.unknown_course, [login]),
            lambda: (platform.courses.create_group(platform.unknown_course, "Συμμετέχοντες"),),
        ):
            receipts = write()
            assert outcomes(receipts) == [Outcome.REFUSED]
            assert receipts[0].detail
