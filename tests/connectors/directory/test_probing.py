"""`check` explains what an account of a real OpenLDAP server may not read, where it is cut, and a missing index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.ldap import indexes
from connectors.ldap.indexes import Timing
from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import ProbeLevel, ProbeLine
from kypek_sync.language import speaker
from tests.connectors.directory.conftest import MakeLdap, MakeWire
from tests.contracts.directory_people import PEOPLE, POPULATION, person, tree
from tests.servers.slapd import ALL_MAY_READ, READER, MakeSlapd, Slapd

pytestmark = pytest.mark.server("slapd")

AUTH = "access to attrs=userPassword by anonymous auth"
GREEK = speaker("el")


def told(ldap: MakeLdap, server: Slapd, subject: str, **changes: object) -> list[ProbeLine]:
    return [line for line in ldap(server, **changes).probe().lines if line.subject == subject]


@pytest.fixture(scope="module")
def blind(make_slapd: MakeSlapd) -> Slapd:
    """A server whose account may not read what tells roles, keys, groups and changes, nor the codes of units."""
    hidden = "employeeNumber,gsnUserRoleOn,memberOf,modifyTimestamp,gsnRegistryCode"
    return make_slapd(POPULATION, access=(AUTH, f"access to attrs={hidden} by * none", ALL_MAY_READ[1]))


MISSING = {
    "employeeNumber": "a person under a new login is not recognised by the registry number",
    "modifyTimestamp": "changes are seen only by a full read",
    "gsnUserRoleOn": "principals and heads of laboratories are not known",
    "memberOf": "members of the directorates' groups are not known",
}


def test_each_attribute_that_may_not_be_read_is_told_with_what_it_costs_and_what_to_ask(
    blind: Slapd, ldap: MakeLdap
) -> None:
    """D-3, D-4, D-12, D-40: the server answers such questions with an empty success."""
    lines = told(ldap, blind, "rights")
    assert [(line.level, line.text, line.next_step) for line in lines] == [
        *(
            (ProbeLevel.WARNING, f"No entry shows {name}: {cost}.", f"Ask the ΠΣΔ for the right to read {name}.")
            for name, cost in MISSING.items()
        ),
        (
            ProbeLevel.WARNING,
            "No unit shows gsnRegistryCode: the register of units cannot be asked about them.",
            "Ask the ΠΣΔ for the right to read gsnRegistryCode.",
        ),
    ]


def test_where_changes_cannot_be_read_nothing_is_said_of_an_index(blind: Slapd, ldap: MakeLdap) -> None:
    assert told(ldap, blind, "index") == []
    assert told(ldap, blind, "newest change") == []


def test_who_may_read_all_is_told_of_no_missing_right(slapd: Slapd, ldap: MakeLdap) -> None:
    assert told(ldap, slapd, "rights") == []


def test_a_size_limit_below_the_count_says_how_far_it_got_and_what_to_set(
    make_slapd: MakeSlapd, ldap: MakeLdap
) -> None:
    """D-30. `check` ended with "Everything works" where 100 of 399 people could be read."""
    crowd = tree(*(person(f"t{number:04}", employeeNumber=f"{600000 + number}") for number in range(40)))
    server = make_slapd(crowd, limits=(f'limits dn.exact="{READER}" size.hard=25 size.soft=25',))
    (line,) = told(ldap, server, "people", page_size=10)
    assert line.level is ProbeLevel.PROBLEM
    assert "gave 25 entries and stopped at its size limit" in line.text
    assert "size.prtotal=unlimited" in line.next_step
    assert line.next_step.endswith("Until then nobody's absence is proven.")
    server.reconfigure(limits=(f'limits dn.exact="{READER}" size.soft=5 size.hard=5 size.prtotal=unlimited',))
    (line,) = told(ldap, server, "people", page_size=5)
    assert (line.level, line.text) == (ProbeLevel.OK, f"40 entries below {PEOPLE}, read to the end.")


def test_all_of_it_is_greek(blind: Slapd, ldap: MakeLdap) -> None:
    for line in told(ldap, blind, "rights"):
        assert worded(line.text, GREEK).startswith(("Καμία εγγραφή δεν δείχνει", "Καμία μονάδα δεν δείχνει"))
        assert worded(line.next_step, GREEK).startswith("Ζητήστε από το ΠΣΔ δικαίωμα ανάγνωσης")


# ------------------------------------------------------------------------------------------------ the index

WITHOUT = Timing(way=0.01, changes=0.34, every=0.36)


@pytest.mark.parametrize(
    ("timing", "warned"),
    [
        (WITHOUT, True),
        (Timing(way=0.01, changes=0.011, every=0.36), False),  # answered at once: there is one
        (Timing(way=0.01, changes=0.17, every=0.36), False),  # less than half of the look at everything
        (Timing(way=0.01, changes=0.20, every=0.36), True),
        (Timing(way=0.01, changes=0.028, every=0.029), False),  # so small that nobody would notice
        (Timing(way=0.05, changes=0.07, every=0.07), True),
    ],
)
def test_it_is_missing_where_a_look_for_changes_takes_as_long_as_one_at_everything(
    timing: Timing, warned: bool
) -> None:
    assert (timing.noticeable and not timing.indexed) is warned


def test_the_quickest_of_three_answers_counts(slapd: Slapd, wire: MakeWire) -> None:
    took = [9, 1, 5, 7, 8, 3, 4, 4, 2]

    def clock() -> Iterator[float]:
        now = 0.0
        for one in took:
            yield now
            now += one
            yield now

    ticks = clock()
    assert indexes.measured(wire(slapd), lambda: next(ticks)) == Timing(way=1, changes=3, every=2)


def test_a_warning_says_how_long_it_took_and_what_to_ask(
    slapd: Slapd, wire: MakeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "measured", lambda client, seconds: WITHOUT)
    (line,) = indexes.index_lines(wire(slapd))
    assert line.level is ProbeLevel.WARNING
    assert "takes 0.34 s, like a look at every entry (0.36 s)" in line.text
    assert worded(line.text, GREEK) == (
        "Η αναζήτηση όσων άλλαξαν με το modifyTimestamp παίρνει 0.34 s, όσο και ένα πέρασμα από όλες τις εγγραφές"
        " (0.36 s): ο κατάλογος δεν έχει ευρετήριο σε αυτό."
    )
    assert worded(line.next_step, GREEK).startswith("Ζητήστε από το ΠΣΔ ευρετήριο ισότητας (eq) στο modifyTimestamp")


def test_a_server_that_does_not_answer_is_told_and_no_crash(make_slapd: MakeSlapd, wire: MakeWire) -> None:
    server = make_slapd(POPULATION)
    client = wire(server)
    server.stop()
    (line,) = indexes.index_lines(client)
    assert line.level is ProbeLevel.WARNING
    assert "could not be used while connecting" in line.text


@pytest.mark.slow
def test_a_real_server_shows_whether_it_has_one(
    make_slapd: MakeSlapd, wire: MakeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20,000 people, the same server once with the index and once without it."""
    monkeypatch.setattr(indexes, "NOTICEABLE", 0.004)  # an eighth of the country is looked at in less
    crowd = tree(*(person(f"t{number:05}", employeeNumber=f"{600000 + number}") for number in range(20_000)))
    server = make_slapd(crowd)
    assert indexes.index_lines(wire(server, start_tls=False)) == []
    server.stop()
    configuration = server.folder / "slapd.conf"
    with_it = configuration.read_text()
    without = with_it.replace("index objectClass,uid,modifyTimestamp,", "index objectClass,uid,")
    assert without != with_it
    configuration.write_text(without)
    server.start()
    (line,) = indexes.index_lines(wire(server, start_tls=False))
    assert "the directory has no index on it" in line.text
