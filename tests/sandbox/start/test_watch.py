"""Who watches a sandbox learns of each deed once it is done, before its client does: the moment to kill one."""

from __future__ import annotations

import smtplib

import pytest
import requests

from kypek_sync.sandbox.start import Sandbox

pytestmark = pytest.mark.slow


def ask_for_courses(sandbox: Sandbox) -> requests.Response:
    token = (sandbox.folder / "secrets" / "eclass-token").read_text("ascii").strip()
    return requests.get(
        f"{sandbox.addresses['eclass']}/api/v1/courses/", headers={"Authorization": f"Bearer {token}"}, timeout=10
    )


def test_a_request_is_told_after_it_was_handled_also_when_nobody_gets_the_answer(sandbox: Sandbox) -> None:
    seen: list[tuple[str, bool]] = []
    sandbox.watch(lambda system, write: seen.append((system, write)))
    assert ask_for_courses(sandbox).ok
    sandbox.faults.set("eclass:cut-body@1")
    with pytest.raises(requests.RequestException):
        ask_for_courses(sandbox)
    assert seen == [("eclass", False)] * 2
    sandbox.watch(None)
    assert ask_for_courses(sandbox).ok
    assert len(seen) == 2


def test_a_request_that_a_fault_kept_away_is_not_told_but_counted_as_struck(sandbox: Sandbox) -> None:
    seen: list[str] = []
    sandbox.watch(lambda system, write: seen.append(system))
    before = sandbox.faults.struck.copy()
    sandbox.faults.set("eclass:unavailable@2")
    assert [ask_for_courses(sandbox).status_code for _ in range(3)] == [503, 503, 200]
    assert seen == ["eclass"]
    assert sandbox.faults.struck - before == {("eclass", "unavailable"): 2}


def test_a_mail_is_told_once_it_is_kept(sandbox: Sandbox) -> None:
    kept: list[int] = []
    sandbox.watch(lambda system, write: kept.append(len(sandbox.mail.messages())))
    host, _, port = sandbox.addresses["smtp"].removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        client.sendmail("kypek@sch.example", ["t@sch.example"], "Subject: x\r\n\r\ny")
    assert kept == [1]
