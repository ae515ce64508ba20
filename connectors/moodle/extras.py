"""What `check` says of the things that not every site uses."""

from __future__ import annotations

from collections.abc import Iterator

import connectors.moodle.extra_mapping as extra_mapping
from connectors.moodle.client import MoodleClient
from connectors.moodle.mapping import SiteInfo
from connectors.moodle.needs import EXTRAS
from connectors.moodle.rights import lacking
from kypek_sync.contract import Capability, ProbeLevel, ProbeLine, SkipThis, StopConnector, TryLater

ACCESS = "core_calendar_get_calendar_access_information"


def extra_lines(client: MoodleClient, info: SiteInfo, extras: frozenset[Capability]) -> Iterator[ProbeLine]:
    """A line for each extra in use: whether the service has its functions, and the account its permission."""
    if Capability.CALENDAR in extras:
        yield _calendar(client, info)
    if Capability.ANNOUNCEMENT in extras:
        yield _plain(
            *(client, info, Capability.ANNOUNCEMENT, "announcements"),
            "Announcements can be put into the courses.",
            "no announcement is put into the courses",
        )
    if Capability.COHORTS in extras:
        yield _plain(
            *(client, info, Capability.COHORTS, "cohorts"),
            "People can be put into cohorts.",
            "nobody is put into cohorts",
        )


def _calendar(client: MoodleClient, info: SiteInfo) -> ProbeLine:
    lacking = _lacking(info, Capability.CALENDAR)
    if lacking:
        return _warning(
            "calendar",
            f"The token's service lacks {lacking}, so the dates of sessions are not put into calendars.",
            "Add them to the external service, or set `calendar: false`.",
        )
    try:
        allowed = client.read(ACCESS, extra_mapping.may_manage, {})
    except (TryLater, StopConnector, SkipThis) as error:
        return _warning("calendar", error.message, error.hint or "Try again later.")
    if not allowed:
        return _warning(
            "calendar",
            "The service account may not write into the calendars of all courses.",
            "Give its role moodle/calendar:manageentries in the system context, or set `calendar: false`.",
        )
    return ProbeLine(ProbeLevel.OK, "calendar", "The dates of sessions can be put into the calendars of courses.")


def _plain(client: MoodleClient, info: SiteInfo, extra: Capability, subject: str, fine: str, without: str) -> ProbeLine:
    """By its functions and permissions, each by its name."""
    functions = _lacking(info, extra)
    if functions:
        return _warning(
            subject,
            f"The token's service lacks {functions}, so {without}.",
            f"Add them to the external service, or set `{subject}: false`.",
        )
    try:
        permissions = lacking(client, info, EXTRAS[extra].permissions)
    except (TryLater, StopConnector, SkipThis) as error:
        return _warning(subject, error.message, error.hint or "Try again later.")
    if permissions:
        return _warning(
            subject,
            f"The account lacks the capabilities {', '.join(permissions)}, so {without}.",
            f"Allow them in the account's role, in the context «System», or set `{subject}: false`.",
        )
    return ProbeLine(ProbeLevel.OK, subject, fine)


def _lacking(info: SiteInfo, extra: Capability) -> str:
    return ", ".join(name for name in EXTRAS[extra].functions if name not in info.functions)


def _warning(subject: str, text: str, step: str) -> ProbeLine:
    return ProbeLine(ProbeLevel.WARNING, subject, text, step)
