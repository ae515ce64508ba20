"""What is logged is for people where they gave the command, and JSON for whoever collects a daemon's lines."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from kypek_sync.cli.context import set_up_logging


def test_a_command_given_by_hand_logs_lines_that_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    """A breaker that opened during `sync` stood as JSON between the tables of the report."""
    set_up_logging(logging.WARNING, by_hand=True)
    structlog.get_logger().warning("left in peace", system="eclass")
    structlog.get_logger().info("nobody asked")
    said = capsys.readouterr()
    assert said.out == ""
    assert "left in peace" in said.err
    assert "system=eclass" in said.err
    assert "{" not in said.err
    assert "\x1b" not in said.err
    assert "nobody asked" not in said.err


def test_a_trace_is_one_and_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(logging.WARNING, by_hand=True)
    secret = "an invented " + "secret"
    try:
        raise ValueError(len(secret))
    except ValueError:
        structlog.get_logger().exception("it failed")
    said = capsys.readouterr().err
    assert said.count("Traceback") == 1
    assert secret not in said


def test_a_daemon_logs_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(logging.INFO, by_hand=False)
    structlog.get_logger().warning("left in peace", system="eclass")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "left in peace"
