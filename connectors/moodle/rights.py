"""Whether the role of the service account has each capability by name, and may give each of our roles.

No web service tells an account's capabilities. But the search for courses can be told to show only those where the
account has certain ones: a course that it shows without that and not with it tells that one is lacking. Which roles it
may give is told by an enrolment that Moodle always refuses: of the account itself in the front page, which has no
method of enrolment. Moodle looks whether the role may be given before it looks for the method.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import connectors.moodle.mapping as mapping
from connectors.moodle.catalogue import FRONT_PAGE, OURS, SEARCH
from connectors.moodle.client import MoodleClient
from connectors.moodle.mapping import Roles, SiteInfo
from connectors.moodle.refusals import Refused
from kypek_sync.contract import Ambiguous, ProbeLevel, ProbeLine, SkipThis, StopConnector, TryLater

_ENROL = "enrol_manual_enrol_users"
_WORDS = (OURS, "")
"""What is searched for: courses of ours; before the first one any course."""


def rights_lines(client: MoodleClient, info: SiteInfo, permissions: Sequence[str], roles: Roles) -> Iterator[ProbeLine]:
    """What `check` says of the role: its capabilities, and the roles that it may give."""
    if SEARCH not in info.functions or _ENROL not in info.functions:
        return  # told with the functions
    try:
        yield _permissions(client, permissions)
        yield _assignable(client, info, roles)
    except (TryLater, StopConnector, SkipThis, Ambiguous) as error:
        yield ProbeLine(ProbeLevel.PROBLEM, "permissions", error.message, error.hint or "Try again later.")


def lacking(client: MoodleClient, info: SiteInfo, permissions: Sequence[str]) -> tuple[str, ...]:
    """Those of the capabilities that the account has in no course; none where that cannot be told yet. Raises
    `TryLater`, `StopConnector` or `SkipThis`."""
    if SEARCH not in info.functions:
        return ()
    word = next((word for word in _WORDS if _shows(client, word, ())), None)
    if word is None or _shows(client, word, permissions):
        return ()
    return tuple(name for name in permissions if not _shows(client, word, (name,)))


def _permissions(client: MoodleClient, permissions: Sequence[str]) -> ProbeLine:
    word = next((word for word in _WORDS if _shows(client, word, ())), None)
    if word is None:
        return ProbeLine(
            ProbeLevel.WARNING,
            "permissions",
            "The site shows no course yet, so Moodle does not tell which capabilities the account has.",
            "Run `kypek-sync check` again when there is one.",
        )
    if _shows(client, word, permissions):
        return ProbeLine(ProbeLevel.OK, "permissions", "The account has all capabilities that are needed.")
    lacking = [name for name in permissions if not _shows(client, word, (name,))]
    if not lacking:
        return ProbeLine(
            ProbeLevel.WARNING,
            "permissions",
            "The account has each capability in some course, but in none all of them.",
            "Give it its role in the context «System», not in categories or courses.",
        )
    return ProbeLine(
        ProbeLevel.PROBLEM,
        "permissions",
        f"The account lacks the capabilities {', '.join(lacking)}.",
        "Allow them in the account's role, in the context «System»; `kypek-sync connector moodle setup` lists them.",
    )


def _shows(client: MoodleClient, word: str, permissions: Sequence[str]) -> bool:
    """Whether there is a course with the word where the account has all of these. The total that is told with the
    courses is not looked at: Moodle keeps it by the word alone."""
    words: dict[str, object] = {"criterianame": "search", "criteriavalue": word, "page": 0, "perpage": 1}
    if permissions:
        words["requiredcapabilities"] = list(permissions)
    return bool(client.read(SEARCH, mapping.found_courses, words))


def _assignable(client: MoodleClient, info: SiteInfo, roles: Roles) -> ProbeLine:
    numbers = dict.fromkeys((roles.student, roles.assistant, roles.trainer))
    lacking = [str(number) for number in numbers if not _may_give(client, info, number)]
    if not lacking:
        return ProbeLine(ProbeLevel.OK, "roles", "The account may give the roles of students, assistants and trainers.")
    return ProbeLine(
        ProbeLevel.PROBLEM,
        "roles",
        f"The account may not give the roles with the numbers {', '.join(lacking)}.",
        "Allow its role to assign them (Define roles, Allow role assignments), or mend their numbers in the settings.",
    )


def _may_give(client: MoodleClient, info: SiteInfo, role: int) -> bool:
    times = {"timestart": 0, "timeend": 0, "suspend": 0}
    wanted = {"roleid": role, "userid": info.userid, "courseid": FRONT_PAGE, **times}
    try:
        client.write(_ENROL, mapping.nothing, {"enrolments": [wanted]})
    except Refused as error:
        return error.code != "wsusercannotassign"
    return True
