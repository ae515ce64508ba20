"""A server's limit is not the end of the list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.incidents.school import (
    EVERYBODY,
    NO_LIMIT,
    TEACHERS,
    School,
    a_real_departure_leaves_slowly,
    healed,
    nobody_lost_anything,
    open_school,
    over_nine_days,
    settled,
)
from tests.servers.slapd import READER, MakeSlapd

FIRST_500 = f'limits dn.exact="{READER}" size.soft=500 size.hard=500'
FIRST_1000 = f'limits dn.exact="{READER}" size.soft=1000 size.hard=1000'
IN_PAGES_500 = f'limits dn.exact="{READER}" size.soft=unlimited size.hard=unlimited size.prtotal=500'

pytestmark = pytest.mark.server("slapd")


@pytest.mark.parametrize(("limit", "entries"), [(FIRST_500, 500), (FIRST_1000, 1000), (IN_PAGES_500, 500)])
def test_glpi_1961_the_first_500_or_1000_are_not_taken_for_the_whole(school: School, limit: str, entries: int) -> None:
    """glpi-project/glpi#1961: the server gave its first 500 (OpenLDAP) or 1000 (Active Directory) entries and the code
    sizeLimitExceeded; they were taken for the whole directory, and everybody behind them was deleted.

    Here slapd limits the whole search, with and without pages, for nine days. ldap3 raises for neither (D-30: its
    `search` says True and hands over the part), so the result is looked at by us.
    """
    before = settled(school)
    school.slapd.reconfigure(limits=(limit,))
    over_nine_days(school)
    nobody_lost_anything(school, before)
    told = [problem for problem in school.said if "people" in problem]
    assert len(told) == 3
    for problem in told:
        assert f"gave {entries} entries and stopped at its " in problem
        assert "ask the ΠΣΔ to lift that limit" in problem
    school.slapd.reconfigure(limits=NO_LIMIT)
    healed(school, before)
    a_real_departure_leaves_slowly(school)


def test_glpi_1961_at_the_very_first_read_whoever_is_behind_the_limit_only_waits(
    tmp_path: Path, make_slapd: MakeSlapd
) -> None:
    """The same limit when nothing is known yet, so that no last good read can tell how many there should be: the first
    part counts as additions, the applicants behind it wait "under identification" and are refused by nobody."""
    with open_school(tmp_path, make_slapd, limits=(f'limits dn.exact="{READER}" size.soft=12 size.hard=12',)) as school:
        school.sync()
        school.there = school.centre.made(school.code)
        school.sync(days=9)
        now = school.standing()
        assert len(school.said) == 2
        assert all("gave 12 entries and stopped at its size limit" in problem for problem in school.said)
        assert len(now.known) == 12
        assert set(now.seats.values()) == {"granted", "under-identification"}
        assert now.leaving == now.gone == set()
        assert school.removed() == []
        school.slapd.reconfigure(limits=NO_LIMIT)
        school.sync(minutes=15)
        now = school.standing()
        assert set(now.known) == set(EVERYBODY)
        assert sum(word == "granted" for word in now.seats.values()) == 20
        assert set(now.seats) == set(TEACHERS[:30])
        school.slapd.stop()


def test_moodle_m42_half_a_directory_suspends_nobody(school: School) -> None:
    """Measured on a real Moodle 5 (M-42): the directory returned 10,000 of 20,000 people, with the code of a size limit
    that nobody looked at; auth_ldap suspended the other 10,000 and returned true.

    Here it is worse: the server shows half of its people with the code of success, as a replica that lags behind or a
    right that ends at a branch would, so that only the size can tell. It lasts nine days.
    """
    before = settled(school)
    auth, everything = school.slapd.access
    hidden = 'access to dn.regex="^uid=(t[0-9][13579]|x[0-9]*[13579]),ou=people,dc=sch,dc=gr$" by * none'
    school.slapd.reconfigure(access=(auth, hidden, everything))
    over_nine_days(school)
    nobody_lost_anything(school, before)
    assert len(school.said) == 3
    for problem in school.said:
        assert "people,dc=sch,dc=gr was read only in part (622 entries, but 1242 at the last good read" in problem
        assert "`kypek-sync directory accept directory --why TEXT`" in problem
    school.slapd.reconfigure(access=(auth, everything))
    healed(school, before)
    a_real_departure_leaves_slowly(school)
