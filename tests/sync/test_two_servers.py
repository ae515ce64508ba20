"""Two replicating servers behind one address, one of which lags: what it does not know yet is never taken for gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kypek_sync.ledger.cursors import How
from kypek_sync.sync.directory.due import Why
from tests.connectors.directory.changing import add, crowd, modify, remove
from tests.servers.replica import Consumer, Front
from tests.servers.slapd import READER_MAY_WRITE, SYNCPROV, Certificates, MakeSlapd, Slapd, certificates, make_slapd
from tests.sync.national import Country

__all__ = ["certificates", "make_slapd"]

pytestmark = [pytest.mark.server("slapd"), pytest.mark.slow]


@dataclass
class Pair:
    """A provider, its consumer, and the installation that reads whichever the front leads to."""

    provider: Slapd
    consumer: Consumer
    front: Front
    country: Country


@pytest.fixture
def pair(make_slapd: MakeSlapd, certificates: Certificates, tmp_path: Path) -> Iterator[Callable[[str], Pair]]:
    started: list[Pair] = []

    def make(library: str) -> Pair:
        provider = make_slapd(crowd(30), access=READER_MAY_WRITE, overlays=SYNCPROV)
        consumer = Consumer.of(provider, tmp_path / "consumer", certificates)
        front = Front(provider)
        country = Country(tmp_path, front, said=f"    library: {library}\n")  # type: ignore[arg-type]
        started.append(Pair(provider, consumer, front, country))
        return started[-1]

    yield make
    for one in started:
        one.front.stop()
        one.consumer.stop()


@pytest.mark.parametrize("library", ["python-ldap", "ldap3"])
def test_a_consumer_that_lags_is_told_and_takes_nothing_back_and_goes_on_when_it_has_caught_up(
    pair: Callable[[str], Pair], library: str
) -> None:
    it = pair(library)
    country = it.country
    assert country.sync().problems == []
    modify(it.provider, "t0001")
    add(it.provider, "new")
    remove(it.provider, "t0004")
    assert country.sync().problems == []
    known, cursor = country.known(), country.standing().cursor
    assert (known["new"], known["t0004"]) == ("there", "leaving")

    it.front.behind = it.consumer  # it has not heard of any of that
    for _ in range(2):
        report = country.sync()
        assert report.directory is not None
        assert report.directory.how is How.NEVER
        assert report.problems[0].endswith("Nothing is taken from it until it has caught up.")
        assert (country.known(), country.mail("t0001")) == (known, "new@sch.example")
        assert country.standing().cursor == cursor

    it.consumer.catch_up()
    modify(it.provider, "t0002", "later@sch.example")
    it.consumer.catch_up()
    report = country.sync()
    assert report.problems == []
    assert report.directory is not None
    assert report.directory.how is How.CHANGES
    assert country.known() == known
    assert country.mail("t0002") == "later@sch.example"

    it.front.behind = it.provider  # and back: both have one history
    assert country.sync().problems == []


@pytest.mark.parametrize("library", ["python-ldap", "ldap3"])
def test_one_that_lags_for_long_is_read_in_full_and_nobody_is_gone_by_it(
    pair: Callable[[str], Pair], library: str
) -> None:
    it = pair(library)
    country = it.country
    country.sync()
    modify(it.provider, "t0001")
    add(it.provider, "new")
    country.sync()
    it.front.behind = it.consumer
    assert country.sync().problems
    report = country.sync(minutes=60)
    assert report.directory is not None
    assert (report.directory.how, report.directory.why) == (How.FULL, Why.REFUSED)
    assert country.known()["new"] == "leaving"  # of two reads the first, and days of grace before anything is lost
    assert set(country.known().values()) == {"there", "leaving"}

    it.consumer.catch_up()
    assert country.sync().problems == []
    assert country.known()["new"] == "there"
    assert country.mail("t0001") == "new@sch.example"
