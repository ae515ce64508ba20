"""How changes of courses, groups and memberships are asked of a platform, and what their receipts teach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from kypek_sync.contract import (
    Capability,
    Cause,
    Change,
    Courses,
    Enrolment,
    GroupPlace,
    ManyGroups,
    Outcome,
    Receipt,
    SkipThis,
    Verb,
)
from kypek_sync.ledger import Ledger, bindings, runs
from kypek_sync.ledger.bindings import Binding, Claim
from kypek_sync.model import Clock, CourseRole, Person
from kypek_sync.sync.applying.apply import Answered, Call, NotYet
from kypek_sync.sync.courses import put_out, twins
from kypek_sync.sync.courses.ownership import enrolment, placement, suspension
from kypek_sync.sync.courses.remembered import Remembered
from kypek_sync.sync.courses.sharing import Sharing
from kypek_sync.sync.planning.desired import WishedCourse

LOOKS = 2
"""Passes in which an unclear creation is looked for where a look-up proves nothing; then a person decides."""


class CourseCalls:
    """The calls of the seats lane. `wished` are the courses by (system, course). `still_ours` is asked before each
    call, and raises when the lane was lost; whatever is changed leaves `remembered`."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        kypek: str,
        platforms: Mapping[str, Courses],
        abilities: Mapping[str, frozenset[Capability]],
        wished: Mapping[tuple[str, str], WishedCourse],
        still_ours: Callable[[], None] = lambda: None,
        remembered: Remembered | None = None,
    ) -> None:
        self.ledger = ledger
        self.clock = clock
        self.kypek = kypek
        self.platforms = platforms
        self.abilities = abilities
        self.wished = wished
        self.still_ours = still_ours
        self.remembered = remembered or Remembered()
        self.people: Callable[[Sequence[str]], Mapping[str, Person]] = lambda _: {}
        """Who people are, by login: for platforms that may make an account for somebody they do not know."""
        self.sharing = Sharing(kypek)
        """The courses that other seminars use too."""
        self.refusal: Callable[[WishedCourse, str], str] = lambda *_: ""
        """Why a course, by its id, may not be adopted for a wish; asked right before it is."""
        with ledger.begin() as connection:
            self.courses = bindings.known(connection, kypek, "course")
            self.groups = bindings.known(connection, kypek, "group")

    def calls(self) -> dict[Verb, Call]:
        """A call for each verb of this lane."""
        return {
            Verb.CREATE_COURSE: self._one_by_one(self._create),
            Verb.ADOPT_COURSE: self._one_by_one(self._adopt),
            Verb.UPDATE_COURSE: self._one_by_one(self._update),
            Verb.CREATE_GROUP: self._one_by_one(self._create_group),
            Verb.ENROL: self._enrol,
            Verb.UNENROL: self._unenrol,
            Verb.SUSPEND: self._suspend,
            Verb.RESUME: self._resume,
            Verb.JOIN_GROUP: self._join,
            Verb.LEAVE_GROUP: self._leave,
        }

    def across(self) -> frozenset[tuple[str, Verb]]:
        """The systems with the verbs of which they take changes in several courses together."""
        able = [system for system, platform in self.platforms.items() if isinstance(platform, ManyGroups)]
        return frozenset((system, verb) for system in able for verb in (Verb.JOIN_GROUP, Verb.LEAVE_GROUP))

    def remember(self, connection: Connection, answered: Answered) -> None:
        """Bindings and claims that follow from receipts that stand."""
        standing = [(change, receipt) for change, receipt in answered if receipt.stands]
        claims = [claim for change, receipt in standing if (claim := self._claim(change, receipt)) is not None]
        bindings.claim_anew(connection, self.kypek, [one for one in claims if one.kind == "enrolment"], self.clock())
        bindings.claim(connection, self.kypek, [one for one in claims if one.kind != "enrolment"], self.clock())
        for change, receipt in standing:
            self._remember(connection, change, receipt)

    def _claim(self, change: Change, receipt: Receipt) -> Claim | None:
        """What is ours by a change of a membership."""
        done = receipt.outcome is Outcome.DONE
        match change.verb:
            case Verb.ENROL:
                return enrolment(change) if done and not change.before else None  # a role raised makes nobody ours
            case Verb.JOIN_GROUP:
                # Where groups hide their members the ledger has to remember also those who were inside before us.
                hidden = Capability.GROUP_MEMBERS not in self.abilities[change.target.system]
                return placement(change) if done or hidden else None
            case Verb.SUSPEND:
                return suspension(change)
            case _:
                return None

    def _remember(self, connection: Connection, change: Change, receipt: Receipt) -> None:
        now, target = self.clock(), change.target
        if change.verb in (Verb.CREATE_COURSE, Verb.ADOPT_COURSE):
            found = Binding(target.system, "course", target.course, receipt.foreign_id, receipt.address)
            bindings.learn(connection, self.kypek, found, now)
            self.courses[target.key] = found
            why = "created" if change.verb is Verb.CREATE_COURSE else "adopted"
            bindings.claim(connection, self.kypek, [Claim(target.system, "course", target.course, "", why)], now)
            twins.learn(connection, self.kypek, target.key, receipt.twins, now)
        elif change.verb is Verb.CREATE_GROUP:
            ref = f"{target.course}/{target.object}"
            found = Binding(target.system, "group", ref, receipt.foreign_id, "")
            bindings.learn(connection, self.kypek, found, now)
            self.groups[(target.system, ref)] = found
        elif change.verb is Verb.UNENROL:
            bindings.release(connection, self.kypek, enrolment(change))
            bindings.release(connection, self.kypek, suspension(change))
            if change.cause is Cause.REFUSED and receipt.outcome is Outcome.DONE:
                put_out.remember(connection, self.kypek, change, now)
        elif change.verb is Verb.RESUME:
            bindings.release(connection, self.kypek, suspension(change))
        elif change.verb is Verb.LEAVE_GROUP:
            bindings.release(connection, self.kypek, placement(change))
        self.sharing.remember(connection, change, receipt, now)

    def learn_group(self, system: str, course: str, name: str, foreign_id: str) -> None:
        """A group as this pass read it: what was bound before may be deleted, and another made under its name."""
        ref = f"{course}/{name}"
        self.groups[(system, ref)] = Binding(system, "group", ref, foreign_id, "")

    def _one_by_one(self, call: Call) -> Call:
        def each(changes: Sequence[Change]) -> Sequence[Receipt]:
            found: list[Receipt] = []
            for place, change in enumerate(changes):
                if place:  # before the first the applier asked
                    self.still_ours()
                found += call([change])
            return found

        return each

    def course_of(self, change: Change) -> str:
        """The platform's id of the course that a change is about, and that is about to be changed. Raises `NotYet`."""
        found = self.courses.get(change.target.key)
        if found is None:
            raise NotYet(change.target.system, f"The course of {change.target.course} does not exist yet.")
        self.remembered.forget(change.target.system, found.foreign_id)
        return found.foreign_id

    def _group(self, change: Change) -> str:
        found = self.groups.get((change.target.system, f"{change.target.course}/{change.target.object}"))
        if found is None:
            raise NotYet(
                change.target.system, f"The group {change.target.object} of {change.target.course} is not there yet."
            )
        return found.foreign_id

    def _create(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        change = changes[0]
        target = change.target
        platform = self.platforms[target.system]
        draft = self.wished[target.key].draft
        with self.ledger.begin() as connection:
            earlier = runs.unsettled(connection, self.kypek, Verb.CREATE_COURSE, target)[:-1]  # the last is this one
        if earlier:
            found = platform.find(draft.ref)
            if found is not None:
                self._settle(earlier)
                return [Receipt(Outcome.ALREADY, found.id, found.address, "Found by its reference.", twins=found.twins)]
            if Capability.COURSE_LOOKUP in self.abilities[target.system]:
                self._settle(earlier)
            elif len(earlier) < LOOKS:
                why = (
                    f"An earlier attempt to create it got no answer, and {draft.ref} is not in the list; one more look."
                )
                return [Receipt(Outcome.AMBIGUOUS, detail=why)]
            else:
                raise SkipThis(
                    target.system,
                    f"Whether the course of {target.course} was created is not known: look for {draft.ref} there, "
                    "also among inactive courses.",
                    hint="Write its address into the column «Υπάρχον μάθημα»; if there is none, make it by hand.",
                )
            self.still_ours()  # the look took its time
        return [platform.create(draft)]

    def _settle(self, intents: Sequence[int]) -> None:
        with self.ledger.begin() as connection:
            runs.settle(connection, intents, self.clock())

    def _adopt(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        change = changes[0]
        course = self.platforms[change.target.system].at(change.wanted("address"))
        if why := self.refusal(self.wished[change.target.key], course.id):
            raise SkipThis(change.target.system, why)
        return [Receipt(Outcome.DONE, course.id, course.address, f"Adopted: {course.title}")]

    def _update(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        change = changes[0]
        wished, after = self.wished[change.target.key].draft, dict(change.after)
        draft = replace(
            wished,
            title=after.get("title", wished.title),
            description=after.get("description"),  # what is not in the change is not ours to write
            starts=_moment(after.get("starts")),
            ends=_moment(after.get("ends")),
        )
        return [self._platform(changes).update(self.course_of(change), draft)]

    def _create_group(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        target = changes[0].target
        return [self.platforms[target.system].create_group(self.course_of(changes[0]), target.object)]

    def _enrol(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        named = self.people(_logins(changes))
        wanted = [_enrolment(change, named.get(change.target.login)) for change in changes]
        return self._platform(changes).enrol(self.course_of(changes[0]), wanted)

    def _unenrol(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        return self._unless_kept(changes, self._platform(changes).unenrol)

    def _suspend(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        return self._unless_kept(changes, self._platform(changes).suspend)

    def _unless_kept(
        self, changes: Sequence[Change], end: Callable[[str, Sequence[str]], Sequence[Receipt]]
    ) -> Sequence[Receipt]:
        """End memberships, but none for which another seminar has found a reason since this pass began."""
        kept: frozenset[str] = frozenset()
        if changes[0].target.key in self.sharing.users:
            with self.ledger.begin(keep=False) as connection:
                kept = self.sharing.kept_by_others(connection, changes[0].target.key)
        asked = [login for login in _logins(changes) if login not in kept]
        ended = iter(end(self.course_of(changes[0]), asked)) if asked else iter(())
        stays = Receipt(Outcome.LATER, detail="Another seminar in this course has a seat for this person by now.")
        return [stays if change.target.login in kept else next(ended) for change in changes]

    def _resume(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        return self._platform(changes).resume(self.course_of(changes[0]), _logins(changes))

    def _join(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        platform, places = self._platform(changes), self._places(changes)
        if _several(places) and isinstance(platform, ManyGroups):
            return platform.join_groups(places)
        return platform.join_group(places[0].course, places[0].group, _logins(changes))

    def _leave(self, changes: Sequence[Change]) -> Sequence[Receipt]:
        platform, places = self._platform(changes), self._places(changes)
        if _several(places) and isinstance(platform, ManyGroups):
            return platform.leave_groups(places)
        return platform.leave_group(places[0].course, places[0].group, _logins(changes))

    def _places(self, changes: Sequence[Change]) -> list[GroupPlace]:
        """Where each change is to be made. Raises `NotYet` before anything was asked."""
        return [GroupPlace(self.course_of(change), self._group(change), change.target.login) for change in changes]

    def _platform(self, changes: Sequence[Change]) -> Courses:
        return self.platforms[changes[0].target.system]


def _several(places: Sequence[GroupPlace]) -> bool:
    """Whether more than one group is concerned."""
    return len({(place.course, place.group) for place in places}) > 1


def _moment(word: str | None) -> datetime | None:
    return datetime.fromisoformat(word) if word else None


def _enrolment(change: Change, person: Person | None) -> Enrolment:
    """A membership, with what a platform needs that may make an account for the person."""
    login, role = change.target.login, CourseRole(change.wanted("role"))
    if person is None:
        return Enrolment(login, role)
    return Enrolment(login, role, person.given_name, person.surname, person.mail)


def _logins(changes: Sequence[Change]) -> list[str]:
    return [change.target.login for change in changes]
