"""The Courses role on Moodle. `Course.id` is the course's number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from connectors.moodle.absences import Absences
from connectors.moodle.accounts import Accounts
from connectors.moodle.announcements import Announcements
from connectors.moodle.batches import Writer
from connectors.moodle.catalogue import Catalogue
from connectors.moodle.client import MoodleClient
from connectors.moodle.cohorts import Cohorts
from connectors.moodle.creation import Creation
from connectors.moodle.enrolments import Enrolments
from connectors.moodle.events import Events
from connectors.moodle.feed import Feed
from connectors.moodle.groups import Groups
from connectors.moodle.mapping import Category, Roles
from connectors.moodle.memberships import Memberships
from connectors.moodle.news import News
from connectors.moodle.places import Places
from connectors.moodle.probing import Probing, Site
from connectors.moodle.settings import MoodleSettings
from kypek_sync.contract import (
    Announcement,
    AnnouncementDraft,
    CalendarEvent,
    Capability,
    ConnectorContext,
    Course,
    CourseDraft,
    Enrolment,
    EventDraft,
    Group,
    GroupPlace,
    Member,
    Outcome,
    Probe,
    Receipt,
    SkipThis,
    Snapshot,
    TryLater,
)

X = TypeVar("X")


class MoodleCourses:
    """One Moodle. Nothing is asked of the server before the first call; what its service can do is asked once and
    kept."""

    def __init__(self, settings: MoodleSettings, context: ConnectorContext) -> None:
        self.system = context.name
        self._ends = settings.token_expires
        ca_file = str(context.folder / settings.ca_file) if settings.ca_file else ""
        self._client = MoodleClient(context.name, settings, ca_file)
        feed = Feed(self._client, settings.report, context.clock) if settings.report else None
        self.extras = settings.extras
        site = Site(self._client, feed, self.extras)
        roles = self.roles = Roles(settings.student_role, settings.assistant_role, settings.trainer_role)
        accounts = Accounts(self._client, settings.canary, site.info)
        self._catalogue = Catalogue(self._client, accounts)
        self._memberships = Memberships(self._client, accounts, self._catalogue, roles, feed, context.clock)
        self._absences = Absences(accounts, self._memberships, settings.parallel)
        self._news = News(self._memberships, self._catalogue, feed, settings.parallel)
        self._creation = Creation(self._client, self._catalogue, settings.category, site.info)
        writer = Writer(self._client)
        ground = (self._client, accounts, self._catalogue, self._memberships, writer)
        self._enrolments = Enrolments(*ground, roles)
        self._groups = Groups(*ground)
        self._places = Places(self._client, accounts, self._memberships, writer)
        self._announcements = Announcements(self._client, site, writer, context.clock)
        self._cohorts = Cohorts(self._client, accounts, writer, context.clock)
        self._events = Events(self._client, site, writer, context.clock)
        self._site = site
        self._probing = Probing(self._client, site, accounts, self._catalogue, settings, feed, context.clock)

    # Every connector

    def capabilities(self) -> frozenset[Capability]:
        """By the functions of the token's service; dates of members only with a report that can be read."""
        return self._showing(self._site.capabilities)

    def probe(self) -> Probe:
        """Address, token, version, functions, canary, account, category, report, clock and the token's last day."""
        return self._probing.probe()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def credential_ends(self) -> date | None:
        """The token's last day, as the settings say."""
        return self._ends

    def categories(self) -> tuple[Category, ...]:
        """Where courses can be made, for the command of that name."""
        return self._showing(self._catalogue.categories)

    # Reading

    def expect(self, courses: Iterable[str]) -> None:
        """The facts of the courses, and who is in their groups, come by one call for some dozens of them."""
        those = list(courses)
        self._catalogue.expect(those)
        self._memberships.expect(those)

    def find(self, ref: str) -> Course | None:
        """By the ID number, which is unique there. None is proof while the canary is seen; a course that is hidden
        from the account still keeps its reference from being used twice."""
        return self._showing(lambda: self._catalogue.find(ref))

    def at(self, address: str) -> Course:
        """`https://…/course/view.php?id=N`, or the bare number."""
        return self._catalogue.at(address)

    def named_by(self, address: str) -> str:
        """The number, of this server or bare."""
        return self._catalogue.named_by(address)

    def course(self, course: str) -> Course | None:
        """The course; None only if two calls do not know it while the canary is seen (M-10)."""

        def shown() -> Course | None:
            row = self._catalogue.read(course)
            return self._catalogue.course(row) if row else None

        return self._showing(shown)

    def members(self, course: str, known: Mapping[str, Member]) -> Snapshot[Member]:
        """The whole list, those suspended too, and Moodle's own count of it as second proof. With a report the moment
        and the origin of each enrolment."""
        dated = Capability.MEMBER_DATES in self.capabilities()
        return self._showing(lambda: self._memberships.members(course, known, dated=dated))

    def membership(self, course: str, login: str) -> Member | None:
        """By the person's own courses, and by the list once more the other way round."""
        return self._showing(lambda: self._memberships.one(course, login))

    def memberships(self, course: str, logins: Sequence[str]) -> Mapping[str, Member | None]:
        """The same for several people: the accounts and the list are asked for once, for all of them."""
        return self._showing(lambda: self._memberships.several(course, logins))

    def memberships_across(self, asked: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, Member | None]]:
        """The same for several courses: the accounts are asked for once, each person's own courses once."""
        return self._showing(lambda: self._absences.told(asked)) if asked else {}

    def quiet(self, known: Mapping[str, Mapping[str, Member]]) -> frozenset[str]:
        """By the report two calls for all courses, else one for each."""
        dated = Capability.MEMBER_DATES in self.capabilities()
        return self._showing(lambda: self._news.quiet(known, dated=dated))

    def groups(self, course: str) -> Snapshot[Group]:
        """The groups and their members."""
        return self._showing(lambda: self._memberships.groups(course))

    # Writing

    def create(self, draft: CourseDraft) -> Receipt:
        """Makes the course unless one has our reference; the detail says what people must switch on by hand (M-28)."""
        return self._showing(lambda: self._creation.create(draft))

    def update(self, course: str, draft: CourseDraft) -> Receipt:
        """Title, summary and dates, compared as they are stored and read back (M-8)."""
        if Capability.COURSE_UPDATE not in self.capabilities():
            return Receipt(Outcome.REFUSED, course, detail="The service lacks core_course_update_courses.")
        return self._showing(lambda: self._creation.update(course, draft))

    def enrol(self, course: str, enrolments: Sequence[Enrolment]) -> tuple[Receipt, ...]:
        """By the method «Manual enrolments»; whoever is in already gets a missing role only (M-22, M-23)."""
        return self._showing(lambda: self._enrolments.enrol(course, enrolments)) if enrolments else ()

    def unenrol(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Manual enrolments only: what else keeps somebody in is told as `REFUSED` (M-26)."""
        return self._showing(lambda: self._enrolments.unenrol(course, logins)) if logins else ()

    def suspend(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """The manual enrolment becomes inactive; groups, marks and submissions stay (M-22)."""
        return self._suspension(course, logins, suspended=True)

    def resume(self, course: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """The manual enrolment becomes active again, without a begin or an end (M-22)."""
        return self._suspension(course, logins, suspended=False)

    def create_group(self, course: str, name: str) -> Receipt:
        """Makes the group unless one of that name is there."""
        return self._showing(lambda: self._groups.create(course, name))

    def join_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Members of the course only (M-31)."""
        return self._showing(lambda: self._groups.join(course, group, logins)) if logins else ()

    def leave_group(self, course: str, group: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """The membership of the course stays."""
        if not logins:
            return ()
        if Capability.GROUP_REMOVE not in self.capabilities():
            why = "The service lacks core_group_delete_group_members."
            return tuple(Receipt(Outcome.REFUSED, detail=why) for _ in logins)
        return self._showing(lambda: self._groups.leave(course, group, logins))

    def join_groups(self, places: Sequence[GroupPlace]) -> tuple[Receipt, ...]:
        """As `join_group` for each, by a few calls for all of them; refused as a whole where one group is not shown."""
        return self._places.join(places) if places else ()

    def leave_groups(self, places: Sequence[GroupPlace]) -> tuple[Receipt, ...]:
        """As `leave_group` for each, by a few calls for all of them."""
        if Capability.GROUP_REMOVE not in self.capabilities():
            why = "The service lacks core_group_delete_group_members."
            return tuple(Receipt(Outcome.REFUSED, detail=why) for _ in places)
        return self._places.leave(places) if places else ()

    # Calendars

    def events(self, known: Mapping[str, frozenset[str]]) -> Mapping[str, Snapshot[CalendarEvent]]:
        """The dates of all these courses by one call, hidden ones too (M-32)."""
        return self._showing(lambda: self._events.read(known)) if known else {}

    def add_events(self, course: str, drafts: Sequence[EventDraft]) -> tuple[Receipt, ...]:
        """Dates of the course itself, never of nobody's (M-32); what a warning says is told as `REFUSED`."""
        return self._showing(lambda: self._events.add(course, drafts)) if drafts else ()

    def remove_events(self, course: str, events: Mapping[str, str]) -> tuple[Receipt, ...]:
        """Deletes them, and looks whether they are gone."""
        return self._showing(lambda: self._events.remove(course, events)) if events else ()

    # Announcements

    def announcements(self, courses: Sequence[str]) -> Mapping[str, Snapshot[Announcement]]:
        """Those of the forum for news: one call for all courses, and one for each."""
        return self._showing(lambda: self._announcements.read(courses)) if courses else {}

    def announce(self, course: str, draft: AnnouncementDraft) -> Receipt:
        """A pinned discussion; nobody is subscribed to it by that."""
        return self._showing(lambda: self._announcements.add(course, draft))

    def revise(self, course: str, announcement: str, draft: AnnouncementDraft) -> Receipt:
        """The first post of the discussion, in place: nobody gets a mail."""
        return self._showing(lambda: self._announcements.change(course, announcement, draft))

    # Cohorts

    def cohort_members(self, cohort: str, logins: Sequence[str]) -> Snapshot[str]:
        """Who of these is in it."""
        return self._showing(lambda: self._cohorts.read(cohort, logins))

    def join_cohort(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """By its ID number and their usernames; what a warning says is told as `REFUSED`."""
        return self._showing(lambda: self._cohorts.join(cohort, logins)) if logins else ()

    def leave_cohort(self, cohort: str, logins: Sequence[str]) -> tuple[Receipt, ...]:
        """Takes them out, and looks whether they are."""
        return self._showing(lambda: self._cohorts.leave(cohort, logins)) if logins else ()

    def _suspension(self, course: str, logins: Sequence[str], *, suspended: bool) -> tuple[Receipt, ...]:
        if not logins:
            return ()
        if Capability.SUSPEND not in self.capabilities():
            why = "The service lacks enrol_manual_enrol_users or enrol_manual_unenrol_users."
            return tuple(Receipt(Outcome.REFUSED, detail=why) for _ in logins)
        return self._showing(lambda: self._enrolments.suspension(course, logins, suspended=suspended))

    def _showing(self, ask: Callable[[], X]) -> X:
        """For what may not skip: what Moodle refuses to show is unknown, not absent."""
        try:
            return ask()
        except SkipThis as error:
            raise TryLater(self.system, error.message, hint=error.hint) from error
