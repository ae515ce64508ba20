"""What `check` says of a Request Tracker, and what it accepts as settings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests
from pydantic import ValidationError

from connectors.request_tracker import SPEC, RequestTrackerSettings
from kypek_sync.contract import Probe, ProbeLevel, Role
from tests.connectors.request_tracker.desks import OTHER_TOKEN, TOKEN, Simulated


def lines(probe: Probe, subject: str) -> list[tuple[ProbeLevel, str]]:
    return [(line.level, line.text) for line in probe.lines if line.subject == subject]


def test_all_is_well(simulator: Simulated) -> None:
    simulator.moments.append(datetime.now(UTC))  # the web server tells the real time
    probe = simulator.connector().probe()
    assert {line.level for line in probe.lines} == {ProbeLevel.OK}
    subjects = [line.subject for line in probe.lines]
    assert subjects == ["address", "token", "version", "queues", "account", "clock"]
    assert probe.version.startswith("5.0.3")


def test_a_wrong_token_is_told_apart_from_a_wrong_address(simulator: Simulated) -> None:
    probe = simulator.connector(OTHER_TOKEN).probe()
    assert [(line.subject, line.level) for line in probe.lines] == [
        ("address", ProbeLevel.OK),
        ("token", ProbeLevel.PROBLEM),
    ]
    with_path = RequestTrackerSettings(address=f"{simulator.running.address}/elsewhere", token=TOKEN)
    assert with_path.address.endswith("/elsewhere")


def test_a_queue_that_lacks_fields_is_named(simulator: Simulated) -> None:
    """H-2: found at start, not by lost references."""
    simulator.world.add_queue("NETWORK")
    probe = simulator.connector().probe()
    assert probe.usable
    (ready, lacking) = lines(probe, "queues")
    assert ready == (ProbeLevel.OK, "Tickets can be opened in: KYPEK-ATT.")
    assert lacking[0] is ProbeLevel.WARNING
    assert "NETWORK" in lacking[1]
    assert "KypekRef" in lacking[1]


def test_a_field_that_no_queue_has_is_a_problem(simulator: Simulated) -> None:
    probe = simulator.connector(event_field="NoSuch").probe()
    assert not probe.usable
    assert "NoSuch (setting `event_field`)" in lines(probe, "queues")[0][1]


def test_another_time_zone_and_a_strange_account_are_told(simulator: Simulated) -> None:
    """H-10"""
    helpdesk = simulator.connector(account="somebody")
    assert lines(helpdesk.probe(), "account")[0][0] is ProbeLevel.WARNING
    world = simulator.connector()
    requests.put(
        f"{simulator.running.address}/REST/2.0/user/kypek-sync",
        json={"Timezone": "Europe/Athens"},
        headers={"Authorization": f"token {TOKEN}"},
        timeout=5,
    )
    ((level, text),) = lines(world.probe(), "account")
    assert level is ProbeLevel.WARNING
    assert "Europe/Athens" in text


def test_clocks_apart_are_told(simulator: Simulated) -> None:
    assert lines(simulator.connector().probe(), "clock")[0][0] is ProbeLevel.WARNING


def test_an_older_version_is_told(simulator: Simulated) -> None:
    inner = simulator.running.app.app

    def older(environ, start_response):
        if environ["PATH_INFO"].endswith("/rt"):
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "19")])
            return [b'{"Version":"4.4.4"}']
        return inner(environ, start_response)

    simulator.running.app.app = older
    probe = simulator.connector().probe()
    assert probe.usable
    assert lines(probe, "version")[0][0] is ProbeLevel.WARNING


def test_it_is_a_helpdesk_and_every_setting_is_described() -> None:
    assert SPEC.name == "request_tracker"
    assert SPEC.roles == {Role.HELPDESK}
    assert all(field.description for field in RequestTrackerSettings.model_fields.values())


def test_address_and_token_are_enough() -> None:
    settings = RequestTrackerSettings(address="https://rt.example.gr/rt/REST/2.0/", token=TOKEN)
    assert settings.address == "https://rt.example.gr/rt"
    assert (settings.ref_field, settings.seminar_field, settings.event_field) == (
        "KypekRef",
        "KypekSeminar",
        "KypekEvt",
    )
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "rt.example.gr"}, "the whole address"),
        ({"address": "http://rt.example.gr"}, "use https"),
        ({"address": "https://user:word@rt.example.gr"}, "only scheme, host and path"),
        ({"ref_field": ""}, "cannot be left out"),
        ({"event_field": "a}b"}, "without braces"),
        ({"states": {"escalated": "urgent"}}, "states"),
        ({"parallel": 99}, "parallel"),
        ({"tokken": "x"}, "tokken"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RequestTrackerSettings.model_validate({"address": "https://rt.example.gr", "token": TOKEN} | wrong)


def test_the_letter_asks_for_what_is_needed_in_greek() -> None:
    assert SPEC.letter is not None
    text = " ".join((SPEC.letter.subject, *SPEC.letter.paragraphs))
    for word in ("KypekRef", "KypekSeminar", "KypekEvt", "UTC", "SetInitialCustomField", "διακριτικό", "ουρά"):
        assert word in text
