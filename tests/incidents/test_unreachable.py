"""Unreachable is not empty."""

from __future__ import annotations

import pytest

from connectors.ldap.client import LdapClient, Search
from connectors.ldap.line import Question
from tests.incidents.school import (
    School,
    a_real_departure_leaves_slowly,
    healed,
    nobody_lost_anything,
    over_nine_days,
    settled,
)

pytestmark = pytest.mark.server("slapd")


def test_opnsense_10128_a_directory_that_cannot_be_reached_costs_nobody_anything(school: School) -> None:
    """opnsense/core#10128: the LDAP server was down, the synchronisation took the failed search for a list of nobody,
    and 43 people lost their access to the firewall.

    Here the server is down for nine days. Nobody leaves; each pass says so; when it is back there is nothing to do.
    """
    before = settled(school)
    school.slapd.stop()
    over_nine_days(school)
    nobody_lost_anything(school, before)
    assert len(school.said) == 3
    for problem in school.said:
        assert "Nobody leaves on the strength of this; the last good read stands." in problem
    school.slapd.start()
    healed(school, before)
    a_real_departure_leaves_slowly(school)


@pytest.mark.parametrize("library", ["ldap3", "python-ldap"])
@pytest.mark.parametrize("how", ["restarts", "freezes"])
def test_glpi_984_contact_lost_in_the_middle_of_a_read_disables_nobody(
    school: School, monkeypatch: pytest.MonkeyPatch, how: str, library: str
) -> None:
    """glpi-project/glpi#984: "Can't contact LDAP server" was raised in the middle of a synchronisation and handled
    nowhere; all 512 accounts that had not been seen until then were disabled.

    Here the server goes away between the third and the fourth page of each read of the people. It is back at once
    (D-32: one of ldap3's own strategies would reconnect, have its stale cookie refused, and end the list there in
    silence), or it hangs from then on and nothing answers in time. The 300 people seen until then count, and the other
    942 are not gone. In no case does an exception end the sync.
    """
    school.reads_with(library)
    before = settled(school)
    real = LdapClient._question
    pages = []

    def lost_before_the_fourth_page(self: LdapClient, search: Search, cookie: bytes, end: float, page: int) -> Question:
        if "people" in search.base and cookie:
            pages.append(cookie)
            if len(pages) == 3:
                school.slapd.restart() if how == "restarts" else school.slapd.freeze()
        return real(self, search, cookie, end, page)

    monkeypatch.setattr(LdapClient, "_question", lost_before_the_fourth_page)
    for later in ({"minutes": 15}, {"hours": 7}, {"days": 9}):
        pages.clear()
        school.sync(**later)
        assert len(pages) >= 3
        school.slapd.thaw()
    nobody_lost_anything(school, before)
    assert len(school.said) == 3
    for problem in school.said:
        assert "was read only in part (The read ended after 300 entries: " in problem
        assert "nobody leaves on the strength of it" in problem
        assert ("gave no answer within 5 s" in problem) is (how == "freezes")
    monkeypatch.undo()
    healed(school, before)
    a_real_departure_leaves_slowly(school)
