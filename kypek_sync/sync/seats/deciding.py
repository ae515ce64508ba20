"""Decides the seats of one seminar from what its platform shows, and records applications, seats and decisions.

One transaction of the ledger, no foreign call. The rules themselves are pure (`kypek_sync.seminar`, `sync.guard`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from kypek_sync.contract import Change, Target
from kypek_sync.ledger import bindings, pauses, persons, reads, rulings, seats
from kypek_sync.ledger.identities import Identities, identities
from kypek_sync.ledger.people import Known
from kypek_sync.model import PLACES, Application, Seat, SeatState, Seminar, Status
from kypek_sync.seminar.applications import LIST, OWN_DOORS, carried, one_each, where_it_takes_place
from kypek_sync.seminar.leaving import late
from kypek_sync.seminar.objections import Editions
from kypek_sync.seminar.offers import Terms
from kypek_sync.seminar.page_door import followed, given_up, in_time
from kypek_sync.seminar.priority import veterans
from kypek_sync.seminar.rulings import Ruling, Word, ruled, still_wished
from kypek_sync.seminar.seats import Ground as SeatGround
from kypek_sync.seminar.seats import decide as decide_seats
from kypek_sync.seminar.together import Pending
from kypek_sync.settings import Clashes, Limits
from kypek_sync.sync.courses import put_out
from kypek_sync.sync.courses.reading import CourseRead
from kypek_sync.sync.directory.serving import settled
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.planning.desired import Centre
from kypek_sync.sync.planning.guard import Ground, Held
from kypek_sync.sync.planning.periods import active
from kypek_sync.sync.planning.rests import rests_on_all
from kypek_sync.sync.seats.departing import Departures, departing
from kypek_sync.sync.seats.displaced import logins_of_the_displaced, recorded_elsewhere
from kypek_sync.sync.seats.doors import Doors
from kypek_sync.sync.seats.editions import against, ended
from kypek_sync.sync.seats.holders import Holders
from kypek_sync.sync.seats.lost import lost_this_week
from kypek_sync.sync.seats.offers import clock_of, terms, watch_of
from kypek_sync.sync.seats.registration import Registration, by_part, enrolled_anew
from kypek_sync.sync.seats.several import Several
from kypek_sync.sync.seats.still_there import last_seen


@dataclass(frozen=True, slots=True)
class SeatsOfOne:
    """The seats of one seminar after a pass, the changes of state by the new state, and what was too much to believe
    without a person (then nothing was decided: promotions and notices of the seminar wait too). `refused` are those who
    left the course and of whom a person said that their seat stays."""

    seats: dict[str, Seat]
    steps: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    refused: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Deciding:
    """What deciding needs to know of the ledger, gathered once for a pass. `announced` is the last day of the announced
    period whose `limits` these are; `released` are changes that a person approved, among them withdrawals that were
    too many to believe at once, and `refused` those that a person rejected. `paused` seminars keep their seats as they
    are; who applies meanwhile keeps the place that the moment gives. `rulings` are what officers decided by name, and
    people about their own seat, by seminar; `offers` says how seats that become free are offered (None: they are
    not). `seminars` are all that the KYPEK has, or had: some are earlier editions of others. `put_out` are those whom
    we took out of courses because they were refused. `clashes` says what follows from two seats at the same hours, or
    in two editions; `several` collects the seminars that are decided together because of it (None: each by itself)."""

    connection: Connection
    kypek: str
    directory: str
    centre: Centre
    run: int | None
    now: datetime
    limits: Limits
    announced: date | None
    released: Collection[Change]
    refused: Collection[Change]
    margin: timedelta
    known: Mapping[str, Known]
    ground: SeatGround
    before: Mapping[str, Mapping[str, Seat]]
    standing: Mapping[str, Mapping[seats.Door, Application]]
    enrolled: Mapping[tuple[str, str], frozenset[str]]
    gone: frozenset[str]
    identities: Identities
    since: Mapping[tuple[str, str], Mapping[str, datetime]] = field(default_factory=dict)
    paused: Collection[str] = ()
    rulings: Mapping[str, tuple[Ruling, ...]] = field(default_factory=dict)
    offers: Terms | None = None
    seminars: Collection[Seminar] = ()
    put_out: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    clashes: Clashes = field(default_factory=Clashes)
    several: Several | None = None

    @classmethod
    def gather(
        cls,
        connection: Connection,
        inst: Installation,
        kypek: str,
        run: int | None,
        limits: Limits,
        released: Collection[Change],
        refused: Collection[Change],
        shown: Iterable[str] = (),
    ) -> Deciding:
        """Read what is known before anything is decided: of people, those who have applied, and `shown`, the logins
        that the courses' reads show, and who has a place under a login with which nobody applies any more: it may be
        in doubt. A directory holds a country; nobody else is fetched."""
        directory = inst.kypek(kypek).directory
        before, standing = seats.decided(connection, kypek), seats.standing(connection, kypek)
        applied = {login for those in standing.values() for _, login, _ in those}
        seated = {login for those in before.values() for login in those}
        places = [(s.login, s.person) for those in before.values() for s in those.values() if s.state in PLACES]
        recorded = [*places, *((a.login, a.person) for those in standing.values() for a in those.values())]
        concerned = {*applied, *shown, *(login for login, _ in places)}
        known, gone = persons.persons_and_gone(connection, directory, concerned, seated)
        known |= persons.persons(connection, directory, logins_of_the_displaced(connection, directory, known, recorded))
        whose = identities(connection, directory, known, recorded, recorded_elsewhere(connection, inst, kypek, known))
        period = active(inst.loaded.settings.announced_periods, inst.clock())
        return cls(
            connection=connection,
            kypek=kypek,
            directory=directory,
            centre=inst.centre(kypek),
            run=run,
            now=inst.clock(),
            limits=limits,
            announced=period.ends if period else None,
            released=released,
            refused=refused,
            margin=inst.loaded.settings.watermark_margin,
            known=known,
            ground=SeatGround(
                people={login: k.person for login, k in known.items()},
                units=settled(
                    connection,
                    inst,
                    directory,
                    persons.units_of(connection, directory, [k.person for k in known.values()]),
                ),
                watermark=None,
                tie_key=inst.tie_key,
                unsure=whose.unsure,
            ),
            before=before,
            standing=standing,
            enrolled=bindings.claimed(connection, kypek, "enrolment"),
            since=bindings.since(connection, kypek, "enrolment"),
            gone=gone,
            identities=whose,
            paused=frozenset(pauses.for_kypek(connection, kypek, inst.clock()).seminars),
            rulings=rulings.standing(connection, kypek),
            offers=terms(inst, kypek),
            put_out=put_out.put_out(connection, kypek),
        )

    def among(self, inst: Installation, seminars: Collection[Seminar], approved: Collection[Seminar]) -> Deciding:
        """The same, knowing the `seminars` that the KYPEK has, or had, and those that are decided (`approved`)."""
        people = {one.id for one in self.known.values()}
        one = (self.connection, inst, self.kypek)
        several = Several.gather(*one, approved, self.before, self.standing, people)
        return replace(self, seminars=seminars, several=several, clashes=inst.loaded.settings.seats.clashes)

    @cached_property
    def editions(self) -> Editions:
        """The earlier editions of the KYPEK's seminars."""
        return Editions(self.seminars, self.now)

    def whose(self, login: str) -> str:
        """Our id of who has a login; empty where nobody is known to, or it is in doubt."""
        known = self.known.get(login)
        return known.id if known is not None and login not in self.identities.unsure else ""

    @property
    def listed(self) -> dict[str, frozenset[str]]:
        """Who applies by a list that an officer handed in, or on the seminar's page, by seminar: whoever of them has a
        seat is let into the course by us."""
        return {
            code: logins
            for code, those in self.standing.items()
            if (logins := frozenset(self._present(a).login for a in those.values() if a.system in OWN_DOORS))
        }

    def _present(self, application: Application) -> Application:
        """An application under the login that its maker has by now."""
        return self._followed([application]).get(application, application)

    def _followed(self, applications: Iterable[Application]) -> dict[Application, Application]:
        """The page's applications of people who have another login by now, without those that are by a decision those
        of whoever has the login."""
        those = [one for one in applications if not self.identities.inherited(one.login, one.person, one.at)]
        return followed(those, self._logins, self.identities.unsure)

    @cached_property
    def _logins(self) -> Mapping[str, str]:
        """The present login of each of those who are known, by our ids."""
        return {one.id: one.person.login for one in self.known.values()}

    def departures(self, seminars: Collection[Seminar]) -> Departures:
        """Who left the directory and has a place in one of these seminars, as far as it may be believed."""
        places = {
            Target(s.platform or self.centre.platform, s.code, part=part): those
            for s in seminars
            if s.code not in self.paused
            if not s.sessions or max(session.ends for session in s.sessions) > self.now  # what is over stays as it was
            for part, those in by_part(s, self.before.get(s.code, {})).items()
        }
        granted = {
            code: sum(seat.state is SeatState.GRANTED for seat in those.values()) for code, those in self.before.items()
        }
        week = len(lost_this_week(self.connection, self.kypek, self.now))
        ground = Ground({}, self.limits, granted, week, self.announced)
        found = departing(places, self.gone, ground, self.released, self.refused)
        text, sources = self.centre.text, {s.code: s.source.said(self.centre.text) for s in seminars}
        directory = [one for one in reads.all_last(self.connection) if one.system == self.directory]
        reasons = (text("gone from the directory"), *rests_on_all(directory, text))
        return replace(found, held=tuple(one.because(sources[one.seminar], *reasons) for one in found.held))

    def seats_of(
        self, seminar: Seminar, registration: Registration, departed: Departures, former: Iterable[CourseRead] = ()
    ) -> SeatsOfOne:
        """Bring one seminar's applications into the ledger and decide its seats; `registration` are the reads of its
        registration courses, `departed` knows who left the directory. `former` are the reads of courses that
        registration has left: they show who gave back what was applied for there, and nobody new. Without a read of
        every registration course nothing else is decided; without any, all stays as it was. Where no platform tells who
        applies (`listing`) our own doors are all there is to wait for, and no read is."""
        earlier = dict(self.before.get(seminar.code, {}))
        doors = self._doors.of(seminar, registration, former, earlier, self.vouched(seminar))
        if not doors and registration.listing:
            return SeatsOfOne(earlier)
        looked_at = {(door.system, door.part) for door in doors}
        named = [self._holders.named(application) for door in doors for application in door.seen.standing]
        stands = self.standing.get(seminar.code, {})
        gone = [application for door in doors for application in door.gone]
        moved = self._followed(stands.values())
        ours = [self._holders.named(moved.get(a, a)) for a in stands.values() if a.system in OWN_DOORS]
        about = self.rulings.get(seminar.code, ())
        here, over_too = given_up(ours, [self._holders.named(one) for one in gone], about)
        named, gone = [*named, *here], [*gone, *over_too, *moved]
        elsewhere = [
            self._holders.named(a)
            for (system, _, part), a in stands.items()
            if (system, part) not in looked_at and system not in OWN_DOORS
        ]
        again = enrolled_anew(registration, named, about)
        if again:
            seats.record_applications(self.connection, self.kypek, [], [*again], {}, self.now)
            named = [again.get(application, application) for application in named]
        shown = {login: name for door in doors for login, name in door.shown.items()}
        over = [application for door in doors for application in door.promoted.over]
        news = named if again else [one for one in named if not _recorded(one, stands)]
        seats.record_applications(self.connection, self.kypek, news, [*gone, *over], shown, self.now)
        standing = [*named, *elsewhere]
        held = tuple(door.held for door in doors if door.held is not None)
        seen = registration.shown or not registration.listing
        if held or not seen or seminar.code in self.paused:
            still = {a.login for a in standing} | self._under_another(earlier, standing)
            still |= self.identities.unsure
            made = self._freed(seminar, earlier, frozenset(a.login for a in gone) - still, registration)
        else:
            theirs = self._holders.without_those_of_others(earlier, standing)
            off = {part.id for part in seminar.parts if part.status is Status.CANCELLED}
            standing = [*where_it_takes_place(standing, theirs, off)]
            standing = [*in_time(still_wished(standing, about), seminar)]
            wishes = one_each(standing, theirs, self.identities.unsure)
            taught = {(login, door.part) for door in doors for login in door.promoted.told}
            teaching = frozenset(one.login for one in wishes if (one.login, one.part) in taught)
            made = self._decided(seminar, wishes, earlier, registration, departed, teaching)
        return replace(made, held=held, refused=tuple(door.refused for door in doors if door.refused is not None))

    def vouched(self, seminar: Seminar) -> frozenset[str]:
        """The logins that apply for a seminar even where they teach in its course."""
        granted = {one.login for one in self.rulings.get(seminar.code, ()) if one.word is Word.GRANT}
        listed = {login for system, login, _ in self.standing.get(seminar.code, {}) if system == LIST}
        return frozenset(granted | listed | self.identities.unsure)

    @cached_property
    def _holders(self) -> Holders:
        """Whose the applications and seats are."""
        return Holders(self.identities, self.known)

    @property
    def _doors(self) -> Doors:
        """What the reads of the courses are judged by."""
        return Doors(
            *(self.connection, self.kypek, self.centre, self.now, self.limits, self.announced),
            *(self.released, self.refused, self.paused, self.standing, self.enrolled, self.since),
            put_out=self.put_out,
        )

    def _freed(
        self, seminar: Seminar, earlier: dict[str, Seat], withdrawn: frozenset[str], registration: Registration
    ) -> SeatsOfOne:
        """Who was let pass gives the seat back; nobody moves up while the others' withdrawal waits for a person, or
        while nobody knows who else applied."""
        given_up = [earlier[login] for login in sorted(withdrawn & earlier.keys())]
        seen = last_seen(self.connection, registration) if seminar.leave_by and given_up else None
        freed = [
            Seat(
                *(seminar.code, one.login, one.person, SeatState.WITHDRAWN, "withdrawn", late(seminar, one, seen)),
                part=one.part,
            )
            for one in given_up
        ]
        steps = seats.record_seats(self.connection, self.kypek, freed, earlier, self.run, self.now)
        return SeatsOfOne(earlier | {seat.login: seat for seat in freed}, tuple(str(d.after) for d in steps))

    def _under_another(self, earlier: Mapping[str, Seat], standing: Iterable[Application]) -> frozenset[str]:
        """The logins with a seat whose holder still applies under some login: it is carried over when the others'
        withdrawal is decided."""
        those = list(standing)
        named = {self._holders.named(application).person for application in those}
        holders = (named | self._holders.perhaps_applying(those)) - {""}
        return frozenset(login for login, seat in earlier.items() if seat.person in holders)

    def _decided(
        self,
        seminar: Seminar,
        applications: Collection[Application],
        before: Mapping[str, Seat],
        registration: Registration,
        departed: Departures,
        teaching: frozenset[str],
    ) -> SeatsOfOne:
        """Applications up to the oldest read less a margin are decided; an incomplete read decides nothing new (rule
        13)."""
        watermark = registration.as_of - self.margin if registration.as_of is not None else None
        if not registration.listing and any(one.system in OWN_DOORS for one in applications):
            watermark = self.now  # no platform tells who applies there, and our own ledger has been read up to now
        gone, doubted = departed.of(seminar), departed.doubted.get(seminar.code, frozenset())
        theirs = self._holders.without_those_of_others(before, applications)
        unsure = self.identities.unsure | self._holders.perhaps_under_another(theirs, applications)
        named = ruled(applications, self.rulings.get(seminar.code, ()))
        ground = replace(
            self.ground,
            watermark=watermark,
            gone=gone,
            doubted=doubted,
            unsure=unsure,
            teaching=teaching,
            rulings=named,
            clock=clock_of(self.connection, self.kypek, self.directory, seminar.code, self.offers, self.now),
            veterans=veterans(seminar, self.seminars, self.before),
            watch=watch_of(self.connection, self.kypek, seminar, self.now),
            objections=against(ended(self, seminar), applications, self),
            still_there=last_seen(self.connection, registration) if seminar.leave_by else None,
        )
        carries = carried(applications, theirs, unsure)
        if self.several is not None:
            self.several.pending[seminar.code] = Pending(seminar, tuple(applications), carries, ground)
            return SeatsOfOne({**before})
        return self.recorded(seminar, decide_seats(seminar, applications, carries, ground))

    def recorded(self, seminar: Seminar, made: Collection[Seat]) -> SeatsOfOne:
        """Record the seats of a seminar as they were decided."""
        before = self.before.get(seminar.code, {})
        decisions = seats.record_seats(self.connection, self.kypek, made, before, self.run, self.now)
        return SeatsOfOne({seat.login: seat for seat in made}, tuple(str(d.after) for d in decisions))


def _recorded(application: Application, standing: Mapping[seats.Door, Application]) -> bool:
    """Whether an application stands in the ledger as it is: whose, and whether it is a request."""
    last = standing.get((application.system, application.login, application.part))
    return last is not None and (last.person, last.request) == (application.person, application.request)
