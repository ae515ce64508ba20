"""What the service account and its service must have: one list for `setup`, for `check` and for the letter.

`EXTRAS` are needed only where the settings ask for what hangs on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kypek_sync.contract import Capability

SITE_INFO = "core_webservice_get_site_info"
_ALWAYS = (
    SITE_INFO,
    "core_user_get_users_by_field",
    "core_course_get_categories",
    "core_course_create_courses",
    "core_course_search_courses",
    "core_enrol_get_course_enrolment_methods",
    "core_role_assign_roles",
    "core_role_unassign_roles",
    "core_group_create_groups",
    "core_group_add_group_members",
)
REPORTING = ("core_reportbuilder_set_filters", "core_reportbuilder_retrieve_report")
"""Functions that read the report of participants."""

BEHIND = {
    Capability.COURSE_LOOKUP: ("core_course_get_courses_by_field", "core_course_get_courses"),
    Capability.COURSE_UPDATE: ("core_course_update_courses",),
    Capability.MEMBER_LIST: (
        "core_enrol_get_enrolled_users",
        "core_enrol_get_enrolled_users_with_capability",
        "core_enrol_get_users_courses",
    ),
    Capability.SUSPEND: ("enrol_manual_enrol_users", "enrol_manual_unenrol_users"),
    Capability.GROUP_MEMBERS: ("core_group_get_course_groups", "core_group_get_group_members"),
    Capability.GROUP_REMOVE: ("core_group_delete_group_members",),
}
"""Functions on which a capability hangs. `MEMBER_DATES` hangs on `REPORTING` and the report itself."""

FUNCTIONS = (*_ALWAYS, *(name for names in BEHIND.values() for name in names), *REPORTING)
"""All functions, in the order in which `setup` shows them."""

PERMISSIONS = (
    "webservice/rest:use",
    "moodle/course:view",
    "moodle/course:viewhiddencourses",
    "moodle/course:viewparticipants",
    "moodle/course:create",
    "moodle/course:update",
    "moodle/course:changefullname",
    "moodle/course:changeshortname",
    "moodle/course:changeidnumber",
    "moodle/course:changesummary",
    "moodle/course:changecategory",
    "moodle/course:visibility",
    "moodle/course:managegroups",
    "moodle/course:enrolreview",
    "moodle/course:useremail",
    "moodle/category:viewhiddencategories",
    "moodle/site:accessallgroups",
    "moodle/site:viewfullnames",
    "moodle/site:viewuseridentity",
    "moodle/user:viewdetails",
    "moodle/user:viewalldetails",
    "moodle/user:viewhiddendetails",
    "moodle/role:assign",
    "moodle/role:review",
    "enrol/manual:enrol",
    "enrol/manual:unenrol",
    "moodle/reportbuilder:view",
)
"""Capabilities of the role, in the system context."""


@dataclass(frozen=True, slots=True)
class Extra:
    """What something needs that not every site uses: functions of the service, capabilities of the role."""

    functions: tuple[str, ...]
    permissions: tuple[str, ...]


EXTRAS = {
    Capability.CALENDAR: Extra(
        (
            "core_calendar_get_calendar_events",
            "core_calendar_get_calendar_access_information",
            "core_calendar_create_calendar_events",
            "core_calendar_delete_calendar_events",
        ),
        ("moodle/calendar:manageentries",),
    ),
    Capability.ANNOUNCEMENT: Extra(
        (
            "mod_forum_get_forums_by_courses",
            "mod_forum_get_forum_discussions",
            "mod_forum_add_discussion",
            "mod_forum_update_discussion_post",
        ),
        ("mod/forum:viewdiscussion", "mod/forum:addnews", "mod/forum:pindiscussions"),
    ),
    Capability.COHORTS: Extra(
        (
            "core_cohort_get_cohorts",
            "core_cohort_get_cohort_members",
            "core_cohort_add_cohort_members",
            "core_cohort_delete_cohort_members",
        ),
        ("moodle/cohort:view", "moodle/cohort:assign"),
    ),
}
"""By what they give."""


def functions(extras: Iterable[Capability]) -> tuple[str, ...]:
    """The functions for a site that uses these extras."""
    return (*FUNCTIONS, *(name for extra in sorted(extras) for name in EXTRAS[extra].functions))


def permissions(extras: Iterable[Capability]) -> tuple[str, ...]:
    """The capabilities of the role for a site that uses these extras."""
    return (*PERMISSIONS, *(name for extra in sorted(extras) for name in EXTRAS[extra].permissions))


def missing(functions: frozenset[str], *, report: bool) -> tuple[str, ...]:
    """The functions of our list that a service lacks; those of the report only where one is set."""
    return tuple(name for name in FUNCTIONS if name not in functions and (report or name not in REPORTING))
