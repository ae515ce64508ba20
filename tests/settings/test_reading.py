"""A settings file that cannot be read gets one clear message; one with mistakes gets all of them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from kypek_sync.settings import Mode, SettingsError, load
from tests.settings.writing import ENVIRON, WHOLE, changed, problems, said, write


def test_a_whole_file_gives_settings_with_safe_defaults(tmp_path: Path) -> None:
    settings = load(write(tmp_path), environ=ENVIRON).settings
    assert settings.connectors["people"].mode is Mode.OBSERVE  # first contact is shy (rule 10)
    assert settings.kypeks["att-a"].approval
    assert settings.kypeks["att-a"].limits.per_seminar == 3
    assert settings.intervals.courses == timedelta(minutes=15)
    assert not settings.web.development_sign_in


def test_logins_are_kept_in_lower_case(tmp_path: Path) -> None:
    assert load(write(tmp_path), environ=ENVIRON).settings.kypeks["att-a"].structures["ekfe"].officers == ("maria.p",)


def test_later_checks_can_name_a_line(tmp_path: Path) -> None:
    loaded = load(write(tmp_path), environ=ENVIRON)
    assert loaded.line_of("kypeks", "att-a", "structures", "ekfe", "officers", 0) == 17
    assert loaded.line_of("kypeks", "att-a", "mail") == loaded.line_of("kypeks", "att-a") == 10
    assert loaded.line_of("web", "port") == 1


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    loaded = load(Path("kypek.yaml"), environ=ENVIRON)
    assert loaded.file == Path("kypek.yaml")
    assert loaded.path(Path("plans/ekfe.xlsx")) == tmp_path / "plans/ekfe.xlsx"
    assert loaded.path(Path("/srv/ekfe.xlsx")) == Path("/srv/ekfe.xlsx")
    assert loaded.ledger_address == f"sqlite:///{tmp_path}/kypek.db"


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    assert said(tmp_path / "kypek.yaml") == [
        "kypek.yaml: there is no such file; `kypek-sync init` writes one to start from"
    ]


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / "kypek.yaml").mkdir()
    assert said(tmp_path / "kypek.yaml") == ["kypek.yaml: is a folder; name the settings file in it"]


def test_a_path_through_a_file_cannot_be_read(tmp_path: Path) -> None:
    file = write(tmp_path)
    assert [str(p) for p in problems(file / "kypek.yaml")] == [f"{file}/kypek.yaml: cannot be read: Not a directory"]


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    file = write(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read anything, so a mode would prove nothing
    assert said(file) == [
        "kypek.yaml: may not be read by this account; give it the right to read the file",
    ]


def test_windows_1253_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "kypek.yaml").write_bytes(WHOLE.replace("Α΄", "Α").encode("cp1253"))
    (line,) = said(tmp_path / "kypek.yaml")
    assert line == "kypek.yaml:11: is not UTF-8 text (Windows-1253, perhaps?); save it again as UTF-8"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "kypek.yaml").write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert problems(tmp_path / "kypek.yaml") == ()


def test_every_line_with_a_tab_is_told(tmp_path: Path) -> None:
    file = write(tmp_path, WHOLE, ("  people:", "\tpeople:"), ("  eclass:", "  \teclass:"))
    assert said(file) == [
        "kypek.yaml:4: a tab stands at the start of this line; indent it with spaces",
        "kypek.yaml:6: a tab stands at the start of this line; indent it with spaces",
    ]


def test_a_tab_inside_a_comment_or_a_text_is_allowed(tmp_path: Path) -> None:
    assert problems(changed(tmp_path, "type: paper", "type: paper #\tthe list")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty; `kypek-sync init` writes one to start from"),
        ("# nothing yet\n", "is empty; `kypek-sync init` writes one to start from"),
        ("- a\n- b\n", "must hold keys with values, such as `school_year: 2026-2027`"),
        ("just words\n", "must hold keys with values, such as `school_year: 2026-2027`"),
        ("a: b: c\n", "a second colon in one line; put the value in quotes, or start a new line"),
        ("a: 1\n---\nb: 2\n", "a line of three dashes starts a second document; one file holds one"),
        ("a: &x [*x]\n", "a list or block that contains itself; write it out"),
        ("a: 2027-02-30\n", "there is no such date in the calendar; write year-month-day, such as 2027-06-30"),
        ("a: \x01\n", "holds a character that no text file has; save it again as plain UTF-8 text"),
        ("a: [1\nb: 2\n", "is not valid YAML here"),
        ("a: !secret x\n", "is not valid YAML here"),
    ],
)
def test_what_is_no_settings_file_gets_one_message(tmp_path: Path, text: str, expected: str) -> None:
    (line,) = said(write(tmp_path, text))
    assert expected in line


def test_duplicate_keys_are_told_all_at_once_and_once_each(tmp_path: Path) -> None:
    file = write(tmp_path, WHOLE + "language: el\nlanguage: en\n", ("mode: propose", "mode: propose\n    mode: apply"))
    assert said(file) == [
        "kypek.yaml:9: connectors.eclass.mode: is written twice (first on line 8); keep one of them",
        "kypek.yaml:20: language: is written twice (first on line 19); keep one of them",
    ]


def test_a_block_written_twice_does_not_blame_its_keys(tmp_path: Path) -> None:
    file = write(tmp_path, WHOLE + "web: {port: 1}\nweb: {port: 2}\n")
    assert [problem.key for problem in problems(file)] == ["web"]


def test_anchors_may_share_a_block(tmp_path: Path) -> None:
    shared = "    limits: &few {per_seminar: 1}\n  att-d:\n    name: Δ\n    limits:\n      <<: *few\n      per_run: 2\n"
    limits = load(write(tmp_path, WHOLE + shared), environ=ENVIRON).settings.kypeks["att-d"].limits
    assert (limits.per_seminar, limits.per_run) == (1, 2)


def test_the_environment_is_the_process_own_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KYPEK_KEY", "k" * 32)
    loaded = load(write(tmp_path))
    assert loaded.settings.identity_key.get_secret_value() == "k" * 32
    assert loaded.environ["PATH"] == os.environ["PATH"]


def test_the_error_lists_its_problems_by_line(tmp_path: Path) -> None:
    file = write(tmp_path, WHOLE, ("mode: propose", "mode: propos"), ("school_year: 2026-2027", "school_year: 2026"))
    with pytest.raises(SettingsError) as caught:
        load(file, environ=ENVIRON)
    assert [problem.line for problem in caught.value.problems] == [1, 8]
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
