"""A sandbox is one folder and some ports: ready at the first start, itself again at the second, and nobody else's."""

from __future__ import annotations

import json
import re
import shutil
import smtplib
import socket
import stat
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from kypek_sync.contract import ConnectorSettings
from kypek_sync.sandbox import start as starting_module
from kypek_sync.sandbox.faults import UnknownFault
from kypek_sync.sandbox.folder import NotASandbox, SandboxInUse
from kypek_sync.sandbox.scenario import STRANGERS
from kypek_sync.sandbox.start import PLACES, Sandbox
from kypek_sync.settings import load, validated
from tests.sandbox.start.conftest import Starter

pytestmark = pytest.mark.slow

_PORT_TAKEN = "is in use; choose another one"


def secret(sandbox: Sandbox, name: str) -> str:
    return (sandbox.folder / "secrets" / name).read_text("ascii").strip()


def eclass_courses(sandbox: Sandbox) -> requests.Response:
    return requests.get(
        f"{sandbox.addresses['eclass']}/api/v1/courses/",
        headers={"Authorization": f"Bearer {secret(sandbox, 'eclass-token')}"},
        timeout=10,
        allow_redirects=False,
    )


def test_every_system_answers_with_the_secrets_of_the_folder(sandbox: Sandbox) -> None:
    at = sandbox.addresses
    assert eclass_courses(sandbox).json()
    older = requests.get(
        f"{at['eclass-older']}/api/v1/courses/",
        headers={"Authorization": f"Bearer {secret(sandbox, 'eclass-older-token')}"},
        timeout=10,
    )
    assert older.status_code == 200
    units = requests.get(f"{at['register']}/api/units?pagesize=1", timeout=10).json()
    assert (units["status"], units["count"]) == (200, 1)
    form = {"wstoken": secret(sandbox, "moodle-token"), "moodlewsrestformat": "json"}
    form["wsfunction"] = "core_webservice_get_site_info"
    info = requests.post(f"{at['moodle']}/webservice/rest/server.php", data=form, timeout=10).json()
    assert "release" in info
    assert "<returncode>SUCCESS</returncode>" in requests.get(at["bbb"], timeout=10).text
    rt = requests.get(
        f"{at['rt']}/REST/2.0/rt", headers={"Authorization": f"token {secret(sandbox, 'rt-token')}"}, timeout=10
    )
    assert rt.json()["Version"].startswith("5.")
    assert "definitions" in requests.get(f"{at['soap']}?wsdl", timeout=10).text
    host, port = at["smtp"].removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as mail:
        assert mail.noop()[0] == 250


def test_the_settings_load_as_they_are(sandbox: Sandbox) -> None:
    loaded = load(sandbox.settings, environ={})
    centre = loaded.settings.kypeks["att-a"]
    assert loaded.settings.school_year == "2026-2027"
    assert len(centre.structures) == 4
    assert not centre.approval
    for structure in centre.structures.values():
        assert structure.programme is not None
        assert structure.inbox is not None
        assert loaded.path(structure.programme).is_file()
        assert loaded.path(structure.inbox).is_dir()
    assert loaded.settings.connectors["eclass"].own["address"] == sandbox.addresses["eclass"]
    assert loaded.settings.web.development_sign_in


@pytest.mark.parametrize("name", ["directory", "register", "eclass", "moodle", "bbb", "rt", "smtp"])
def test_each_connector_accepts_its_settings(sandbox: Sandbox, name: str) -> None:
    loaded = load(sandbox.settings, environ={})
    entry = loaded.settings.connectors[name]
    (wanted,) = (
        thing
        for thing in vars(import_module(f"connectors.{entry.type}.settings")).values()
        if isinstance(thing, type) and issubclass(thing, ConnectorSettings) and thing is not ConnectorSettings
    )
    settings, problems = validated(wanted, entry.own, loaded.document, ("connectors", name), loaded.places)
    assert problems == ()
    assert settings is not None


def test_the_alternatives_in_the_comments_are_settings_too(sandbox: Sandbox, tmp_path: Path) -> None:
    text = sandbox.settings.read_text("utf-8")
    freed = re.sub(r"(?m)^  # (?=(?:eclass-older|soap):$|  [a-z]+: )", "  ", text)
    freed = freed.replace("courses: eclass\n", "courses: eclass-older\n").replace("helpdesk: rt\n", "helpdesk: soap\n")
    shutil.copytree(sandbox.folder / "secrets", tmp_path / "secrets")
    (tmp_path / "kypek.yaml").write_text(freed, "utf-8")
    settings = load(tmp_path / "kypek.yaml", environ={}).settings
    assert settings.connectors["eclass-older"].own["address"] == sandbox.addresses["eclass-older"]
    assert settings.connectors["soap"].own["wsdl"] == sandbox.addresses["soap"] + "?wsdl"
    assert settings.kypeks["att-a"].helpdesk == "soap"


def test_secrets_and_the_key_of_the_door_are_for_the_owner_only(sandbox: Sandbox) -> None:
    files = [sandbox.folder / "sandbox.json", *(sandbox.folder / "secrets").iterdir()]
    assert len(files) > 8
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    shown = sandbox.settings.read_text("utf-8")
    assert not any(file.read_text("ascii").strip() in shown for file in files[1:])


def test_those_who_applied_are_in_the_courses_that_programmes_adopt(sandbox: Sandbox) -> None:
    eclass, (number,) = sandbox.worlds.eclass, sandbox.memory.registration["moodle"]
    codes = sandbox.memory.registration["eclass"]
    assert len(codes) == 5
    roles = [member.role for member in eclass.members(codes[0])]
    assert roles.count("teacher") == 1
    assert roles.count("student") > 8
    strangers = {stranger.login for stranger in STRANGERS}
    assert strangers & {member.username for member in eclass.members(codes[0])}
    assert strangers & set(sandbox.worlds.moodle.members(int(number)))
    yaml = (sandbox.folder / "programmes" / "kesyp.yaml").read_text("utf-8")
    assert any(f"{sandbox.addresses['eclass']}/courses/{code}/" in yaml for code in codes)


def test_most_teachers_have_an_account_and_some_never_signed_in(sandbox: Sandbox) -> None:
    for world in (sandbox.worlds.eclass, sandbox.worlds.moodle):
        assert 200 < len(world.users()) < 330


def test_whoever_a_mirror_course_will_need_has_an_account_there(sandbox: Sandbox) -> None:
    mirrored = next(course for course in sandbox.worlds.eclass.courses() if course.title.startswith("Ασφάλεια"))
    needed = {member.username for member in sandbox.worlds.eclass.members(mirrored.code)}
    assert needed
    assert needed <= {user.username for user in sandbox.worlds.moodle.users()}


def test_calls_are_counted_by_system(sandbox: Sandbox) -> None:
    before = sandbox.calls()
    eclass_courses(sandbox)
    after = sandbox.calls()
    assert after["eclass"]["read"] == before["eclass"]["read"] + 1
    assert {name: counts for name, counts in after.items() if name != "eclass"} == {
        name: counts for name, counts in before.items() if name != "eclass"
    }
    assert set(after) == set(PLACES) - {"control", "web"}


def test_a_mail_counts_as_a_write(sandbox: Sandbox) -> None:
    before = sandbox.calls()["smtp"]["write"]
    host, port = sandbox.addresses["smtp"].removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as mail:
        mail.sendmail("a@sch.example", ["b@sch.example"], "Subject: x\r\n\r\ny")
    assert sandbox.calls()["smtp"]["write"] == before + 1
    assert sandbox.mail.messages()[-1].recipients == ("b@sch.example",)


def test_a_second_start_is_the_same_sandbox(starting: Starter) -> None:
    first = starting()
    first.life(apply=2)
    settings, courses = first.settings.read_bytes(), eclass_courses(first).json()
    members = [first.worlds.eclass.members(code) for code in first.memory.registration["eclass"]]
    first.stop()
    second = starting(people=900, seed=7)
    assert second.memory == first.memory
    assert second.settings.read_bytes() == settings
    assert eclass_courses(second).json() == courses
    assert [second.worlds.eclass.members(code) for code in second.memory.registration["eclass"]] == members


def test_where_a_port_is_taken_settings_and_programmes_get_another(starting: Starter) -> None:
    first = starting()
    old, old_mail = first.memory.ports["eclass"], first.memory.ports["smtp"]
    first.settings.write_text(first.settings.read_text("utf-8") + "\n# my own remark\n", "utf-8")
    first.stop()
    with socket.create_server(("127.0.0.1", old)), socket.create_server(("127.0.0.1", old_mail)):
        second = starting()
        new = second.memory.ports["eclass"]
        assert new != old
        loaded = load(second.settings, environ={}).settings
        assert loaded.connectors["eclass"].own["address"] == f"http://127.0.0.1:{new}"
        assert loaded.connectors["smtp"].own["port"] == second.memory.ports["smtp"] != old_mail
        assert "# my own remark" in second.settings.read_text("utf-8")
        programmes = second.folder / "programmes"
        xlsx = str([list(row) for row in load_workbook(programmes / "ekfe.xlsx")["Σεμινάρια"].values])
        ods = str(CalamineWorkbook.from_path(programmes / "keplinet.ods").get_sheet_by_index(0).to_python())
        yaml = (programmes / "kesyp.yaml").read_text("utf-8")
        for text in (xlsx, ods, yaml):
            assert f"127.0.0.1:{new}/courses/" in text
            assert f"127.0.0.1:{old}/" not in text
        assert eclass_courses(second).status_code == 200


def test_a_port_that_is_asked_for_is_had_or_refused(starting: Starter, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=_PORT_TAKEN):
            starting(ports={"moodle": port})
    assert starting(ports={"moodle": port}).addresses["moodle"] == f"http://127.0.0.1:{port}"
    with pytest.raises(ValueError, match="no system is called mudle"):
        starting(tmp_path / "other", ports={"mudle": 1})


def test_one_folder_has_one_sandbox_at_a_time(starting: Starter) -> None:
    first = starting()
    with pytest.raises(SandboxInUse, match="another sandbox runs"):
        starting()
    assert eclass_courses(first).status_code == 200
    first.stop()
    first.stop()
    assert eclass_courses(starting()).status_code == 200


@pytest.mark.parametrize("content", ["kypeks: {}", ""])
def test_a_folder_that_is_somebody_elses_is_left_alone(starting: Starter, tmp_path: Path, content: str) -> None:
    (tmp_path / "kypek.yaml").write_text(content, "utf-8")
    with pytest.raises(NotASandbox, match="choose an empty folder"):
        starting(tmp_path)
    assert (tmp_path / "kypek.yaml").read_text("utf-8") == content


@pytest.mark.parametrize("damage", ["{", "[]", '{"version": 99}', "{}"])
def test_a_damaged_memory_is_told_not_guessed(starting: Starter, damage: str) -> None:
    first = starting()
    first.stop()
    (first.folder / "sandbox.json").write_text(damage, "utf-8")
    with pytest.raises(NotASandbox, match="choose an empty folder"):
        starting()


def test_another_version_is_refused(starting: Starter) -> None:
    first = starting()
    first.stop()
    file = first.folder / "sandbox.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "version": 2}), "utf-8")
    with pytest.raises(NotASandbox, match="another version"):
        starting()


@pytest.mark.parametrize("step", ["seed", "write_programmes", "settings_text"])
def test_a_start_that_was_interrupted_leaves_nothing_that_counts(
    starting: Starter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real = getattr(starting_module, step)

    def interrupted(*arguments: Any, **options: Any) -> None:
        real(*arguments, **options)
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(starting_module, step, interrupted)
        with pytest.raises(OSError, match="the disk is full"):
            starting()
    assert not (tmp_path / "sandbox" / "sandbox.json").exists()
    second = starting()
    assert len(second.worlds.eclass.courses()) == 6
    other = starting(tmp_path / "other")
    assert second.worlds.eclass.users() == other.worlds.eclass.users()


def test_a_fault_that_makes_no_sense_starts_nothing(starting: Starter, tmp_path: Path) -> None:
    with pytest.raises(UnknownFault):
        starting(faults=["eclass"])
    assert not (tmp_path / "sandbox").exists()


def test_faults_may_hold_from_the_start(starting: Starter) -> None:
    sandbox = starting(faults=["eclass:server-error@1"])
    assert [eclass_courses(sandbox).status_code for _ in range(2)] == [500, 200]


def test_too_few_people_are_refused_and_the_folder_stays_usable(starting: Starter) -> None:
    with pytest.raises(ValueError, match="at least 50 people"):
        starting(people=5)
    assert starting().memory.people == 150


def test_a_sandbox_that_was_moved_still_works(starting: Starter, tmp_path: Path) -> None:
    first = starting()
    first.stop()
    shutil.move(first.folder, tmp_path / "moved")
    moved = starting(tmp_path / "moved")
    assert load(moved.settings, environ={}).folder == tmp_path / "moved"
    assert eclass_courses(moved).status_code == 200
