"""A lease outlives the longest call that may be under way when it is taken over (design, rule 11)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kypek_sync.contract import ConnectorSettings
from kypek_sync.contract.wire import WireLimits
from kypek_sync.ledger.leases import LENGTH
from kypek_sync.plugins.connectors import READ_ONLY
from kypek_sync.plugins.discovery import installed
from kypek_sync.sync.lease import BEAT, MARGIN, LaneLease, length_for
from kypek_sync.sync.run import run_lane
from tests.sync.centre import Centre

WRITERS = {name: spec for name, spec in installed().items() if spec.roles - READ_ONLY}
LEFT = LENGTH - timedelta(seconds=BEAT) - MARGIN
"""What is sure to be left of a lease when a call goes out: it is renewed once so much has passed."""


def usual(settings: type[ConnectorSettings]) -> timedelta:
    """The longest call of a connector whose settings name no bound."""
    return settings.model_construct().longest_call


def test_every_connector_that_writes_is_looked_at() -> None:
    assert {"eclass", "moodle", "bigbluebutton", "request_tracker", "soap_helpdesk", "smtp"} <= set(WRITERS)


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_lease_outlives_the_usual_bound_of_each_connector(name: str) -> None:
    assert usual(WRITERS[name].settings) <= LEFT


def test_a_lease_outlives_the_bound_of_the_wire() -> None:
    assert timedelta(seconds=WireLimits().deadline) <= LEFT


def test_whoever_allows_longer_calls_has_longer_leases() -> None:
    assert length_for(timedelta(seconds=30)) == LENGTH
    assert length_for(timedelta(seconds=300)) == timedelta(seconds=300 + BEAT) + MARGIN


def test_a_pass_takes_its_lane_for_as_long_as_the_settings_ask(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[timedelta] = []
    made = LaneLease.__enter__

    def watched(self: LaneLease) -> LaneLease:
        taken.append(self.length)
        return made(self)

    monkeypatch.setattr(LaneLease, "__enter__", watched)
    file = centre.folder / "kypek.yaml"
    for settings in ("", "    timeout: 200\n"):
        text = file.read_text(encoding="utf-8").replace('    department: "3"\n', f'    department: "3"\n{settings}')
        file.write_text(text, encoding="utf-8")
        with centre.installation() as inst:
            run_lane(inst, "att-a", "rooms")
    assert taken == [LENGTH, timedelta(seconds=200 + BEAT) + MARGIN]
