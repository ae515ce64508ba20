"""Fills the course platforms as they are when a centre starts: people, older courses, those who have applied."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kypek_sync.sandbox.people import Account
from kypek_sync.sandbox.scenario import STRANGERS, STRUCTURES, Cast, SeminarPlan
from kypek_sync.sandbox.simulators import Worlds

ROOT_DEPARTMENT = 10
MOST_USERS = 3000
"""Platforms know at most so many of a large directory (and everybody who plays a part)."""
_SIGNED_IN = {"eclass": 0.92, "eclass-older": 0.92, "moodle": 0.8}
_REGISTRATION, _OPEN = 1, 2
_TRAINER_ROLE = 3
_ARCHIVE = "Αρχείο σεμιναρίων προηγούμενων ετών"


@dataclass(frozen=True, slots=True)
class Seeded:
    """The plans with the addresses of the courses they adopt; those courses (platform → codes or ids); where each
    structure's courses go on Moodle (structure → id); Moodle's report of who enrolled when."""

    plans: tuple[SeminarPlan, ...]
    registration: Mapping[str, list[str]]
    categories: Mapping[str, str]
    report: int


def seed(
    worlds: Worlds, cast: Cast, plans: Sequence[SeminarPlan], addresses: Mapping[str, str], now: datetime
) -> Seeded:
    """Fill eClass (both) and Moodle. `addresses` are the platforms' own, `now` is aware."""
    _add_people(worlds, cast, plans)
    for world in (worlds.eclass, worlds.eclass_older):
        world.add_department(ROOT_DEPARTMENT, "KYPEK", "ΚΥΠΕΚ Α΄ Αθήνας")
        for structure in STRUCTURES:
            world.add_department(structure.department, structure.prefix, structure.name, ROOT_DEPARTMENT)
    categories = {s.id: str(worlds.moodle.add_category(s.category, idnumber=s.id)) for s in STRUCTURES}
    _add_archives(worlds, cast, now)
    settled, registration = [], {"eclass": list[str](), "moodle": list[str]()}
    for plan in plans:
        if plan.adopts == "eclass":
            code = _eclass_course(worlds, plan)
            registration["eclass"].append(code)
            settled.append(replace(plan, course_address=f"{addresses['eclass']}/courses/{code}/"))
        elif plan.adopts == "moodle":
            number = _moodle_course(worlds, plan, int(categories[plan.structure]))
            registration["moodle"].append(str(number))
            settled.append(replace(plan, course_address=f"{addresses['moodle']}/course/view.php?id={number}"))
        else:
            settled.append(plan)
    return Seeded(tuple(settled), registration, categories, worlds.moodle.add_participants_report())


def _eclass_course(worlds: Worlds, plan: SeminarPlan) -> str:
    """The course where teachers have applied, with its trainer, in the order of their moments."""
    department = next(s.department for s in STRUCTURES if s.id == plan.structure)
    code = worlds.eclass.add_course(plan.title, department, visible=_REGISTRATION)
    worlds.eclass.enrol(plan.trainers[0], code, "teacher", plan.opens - timedelta(days=1))
    for applicant in sorted(plan.applicants, key=lambda each: each.at):
        worlds.eclass.enrol(applicant.login, code, "student", applicant.at)
    return code


def _moodle_course(worlds: Worlds, plan: SeminarPlan, category: int) -> int:
    short = f"{plan.structure}-aitiseis-{plan.code}"
    number = worlds.moodle.add_course(plan.title, short, category, idnumber=short)
    worlds.moodle.enrol_manually(plan.trainers[0], number, role=_TRAINER_ROLE, at=plan.opens - timedelta(days=1))
    for applicant in sorted(plan.applicants, key=lambda each: each.at):
        worlds.moodle.self_enrol(applicant.login, number, applicant.at)
    return number


def _add_people(worlds: Worlds, cast: Cast, plans: Sequence[SeminarPlan]) -> None:
    """Those who play a part have accounts everywhere they need them; of the others, those who ever signed in."""
    trainers = {trainer for plan in plans for trainer in plan.trainers}
    always = trainers | set(cast.officials)
    certain = {
        platform: always
        | {applicant.login for plan in plans if _meets_on(plan, platform) for applicant in plan.applicants}
        for platform in _SIGNED_IN
    }
    for platform, share in _SIGNED_IN.items():
        rng = random.Random(f"signed in {cast.seed} {platform}")
        people = list(_signed_in(cast.everybody, certain[platform], share, rng))
        if platform == "moodle":
            for account in people:
                worlds.moodle.add_user(account.login, account.given_name, account.surname, account.mail)
        else:
            world = worlds.eclass if platform == "eclass" else worlds.eclass_older
            for account in people:
                world.add_user(
                    *(account.login, account.given_name, account.surname, account.mail),
                    status=1 if account.login in trainers else 5,
                )
    for stranger in STRANGERS:
        named = (stranger.login, stranger.given_name, stranger.surname, stranger.mail)
        worlds.eclass.add_user(*named, auth="eclass")
        worlds.moodle.add_user(*named, auth="manual")


def _meets_on(plan: SeminarPlan, platform: str) -> bool:
    """Whether a seminar's people are, or will be, on that platform: where they applied and in its mirrors."""
    return platform == plan.adopts or platform in plan.mirrors


def _signed_in(everybody: Iterable[Account], certain: set[str], share: float, rng: random.Random) -> Iterable[Account]:
    count = 0
    for account in everybody:
        if not account.is_teacher and account.kind != "Personel":
            continue
        if account.login in certain:
            yield account
        elif rng.random() < share and count < MOST_USERS:
            count += 1
            yield account


def _add_archives(worlds: Worlds, cast: Cast, now: datetime) -> None:
    """Courses that are nobody's business: no programme names them, so nothing may happen to them."""
    known = {user.username for user in worlds.eclass.users()}
    old = [account.login for account in cast.plain if account.login in known][-4:]
    long_ago = now - timedelta(days=400)
    code = worlds.eclass.add_course(_ARCHIVE, ROOT_DEPARTMENT, visible=_OPEN, teacher=old[0])
    for login in old[1:]:
        worlds.eclass.enrol(login, code, "student", long_ago)
    number = worlds.moodle.add_course(_ARCHIVE, "archeio", worlds.moodle.add_category("Αρχείο"))
    there = {user.username for user in worlds.moodle.users()}
    for login in (login for login in old if login in there):
        worlds.moodle.self_enrol(login, number, long_ago)
