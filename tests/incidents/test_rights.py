"""What may not be read is not absent, be it entries or what stands in them."""

from __future__ import annotations

import pytest

from tests.incidents.school import (
    TEACHERS,
    School,
    a_real_departure_leaves_slowly,
    healed,
    nobody_lost_anything,
    over_nine_days,
    settled,
)

pytestmark = pytest.mark.server("slapd")

SIX = "(t01|t02|t03|t04|trainer1|officer1)"


def test_moodle_m46_entries_that_may_not_be_read_unenrol_nobody(school: School) -> None:
    """Measured on a real Moodle 5 (M-46): an ACL made `member` unreadable; enrol_ldap read empty groups with success,
    unenrolled 19,900 of 20,000 and reported "complete".

    Here the same share becomes unreadable, 1,236 of 1,242 people, and the search for the rest ends with success. In
    our mirror in Moodle 20 are enrolled: all of them stay, for nine days and after.
    """
    before = settled(school)
    auth, everything = school.slapd.access
    seen = f'access to dn.regex="^uid={SIX},ou=people,dc=sch,dc=gr$" {everything.partition("access to * ")[2]}'
    hidden = 'access to dn.children="ou=people,dc=sch,dc=gr" by * none'
    school.slapd.reconfigure(access=(auth, seen, hidden, everything))
    over_nine_days(school)
    nobody_lost_anything(school, before)
    assert len(school.said) == 3
    assert all("(6 entries, but 1242 at the last good read" in problem for problem in school.said)
    school.slapd.reconfigure(access=(auth, everything))
    healed(school, before)
    a_real_departure_leaves_slowly(school)


def test_moodle_m46_an_attribute_that_may_not_be_read_takes_nobodys_place(school: School) -> None:
    """The other half of M-46: not the entries but the attribute in them that decides. Here it is `gsnBranch`, the
    specialty that the seminar asks for: all 1,242 entries are there, the count is right, the code is success, and
    nobody teaches anything. Ten people wait for a seat; one of those with a seat gives it back, and the next one in
    the queue gets it, as if nothing had happened.
    """
    before = settled(school)
    auth, everything = school.slapd.access
    school.slapd.reconfigure(access=(auth, "access to attrs=gsnBranch by * none", everything))
    over_nine_days(school)
    nobody_lost_anything(school, before)
    assert len(school.said) == 3
    assert all("1242 of 1242 people lost their specialties at once" in problem for problem in school.said)
    school.centre.eclass.unenrol(TEACHERS[1], school.here)
    school.sync(minutes=15)
    now = school.standing()
    assert now.seats[TEACHERS[1]] == "withdrawn"
    assert now.seats[TEACHERS[20]] == "granted"
    assert "refused" not in now.seats.values()
    school.slapd.reconfigure(access=(auth, everything))
    healed(school, now)
