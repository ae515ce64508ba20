"""A successful answer that shows nobody is no proof that there is nobody."""

from __future__ import annotations

import pytest

from tests.incidents.school import (
    MANAGED,
    PEOPLE,
    School,
    a_real_departure_leaves_slowly,
    healed,
    nobody_lost_anything,
    over_nine_days,
    settled,
)

pytestmark = pytest.mark.server("slapd")

AUTH, ALL = MANAGED
BLIND = (AUTH, f'access to dn.children="{PEOPLE}" by * none', ALL)
"""The rights under which a search for people succeeds and finds none."""


@pytest.mark.parametrize("issue", ["go-gitea/gitea#7949", "h44z/wg-portal#744"])
def test_gitea_7949_and_wg_portal_744_an_empty_answer_deactivates_nobody(school: School, issue: str) -> None:
    """go-gitea/gitea#7949: a search that succeeded and returned nothing (a changed filter, a lost right) deactivated
    every account, the administrators' too. h44z/wg-portal#744: the same years later in another programme: an empty
    result disabled all peers at the next synchronisation.

    Here the reader loses the right to see the people (the server answers with success and no entry); or all entries
    are really gone from their place, as after a move in the tree. Either lasts nine days.
    """
    before = settled(school)
    if issue == "go-gitea/gitea#7949":
        school.slapd.reconfigure(access=BLIND)
    else:
        moved = "ou=elsewhere,dc=sch,dc=gr"
        school.slapd.change(f"dn: {moved}\nchangetype: add\nobjectClass: organizationalUnit\nou: elsewhere\n")
        school.slapd.change(
            f"dn: {PEOPLE}\nchangetype: modrdn\nnewrdn: ou=persons\ndeleteoldrdn: 1\n\n"
            f"dn: {PEOPLE}\nchangetype: add\nobjectClass: organizationalUnit\nou: people\n"
        )
    over_nine_days(school)
    nobody_lost_anything(school, before)
    people = [problem for problem in school.said if "no entry at all" in problem]
    assert len(people) == 3
    assert all("nobody leaves on the strength of it" in problem for problem in people)
    if issue == "go-gitea/gitea#7949":
        school.slapd.reconfigure(access=MANAGED)
    else:
        school.slapd.change(
            f"dn: {PEOPLE}\nchangetype: delete\n\n"
            "dn: ou=persons,dc=sch,dc=gr\nchangetype: modrdn\nnewrdn: ou=people\ndeleteoldrdn: 1\n"
        )
    healed(school, before)
    a_real_departure_leaves_slowly(school)
