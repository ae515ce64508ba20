"""Without Request Tracker its tests fail, and say what to do; they are never skipped."""

from __future__ import annotations

import pytest

from tests.servers import rt


def test_a_missing_server_is_a_failure_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rt, "SETUP", None)
    with pytest.raises(pytest.fail.Exception, match=r"run: make servers .*request-tracker5"):
        rt.require_rt()
