"""Secrets are given by reference, never coerced, never shown (rule 16)."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from kypek_sync.settings import SecretPlaces, load
from kypek_sync.settings.secrets import LARGEST, Unresolved
from tests.settings.writing import ENVIRON, changed, problems, said, write

KEY = "a-key-that-nobody-may-ever-see"


def places(folder: Path, **environ: str) -> SecretPlaces:
    return SecretPlaces(environ, folder)


def kept(folder: Path, content: bytes, mode: int = 0o600, name: str = "key") -> Path:
    file = folder / name
    file.write_bytes(content)
    file.chmod(mode)
    return file


def refusal(places: SecretPlaces, reference: object) -> str:
    with pytest.raises(Unresolved) as caught:
        places.resolve(reference)
    return str(caught.value)


def test_a_secret_of_the_environment(tmp_path: Path) -> None:
    assert places(tmp_path, KEY="x y ").resolve("env:KEY") == SecretStr("x y ")


def test_a_secret_of_a_file_relative_to_the_settings(tmp_path: Path) -> None:
    kept(tmp_path, b"  abc\r\n\n")
    assert places(tmp_path).resolve("file:key") == SecretStr("  abc")


def test_a_secret_of_a_file_anywhere(tmp_path: Path) -> None:
    assert places(Path("/nowhere")).resolve(f"file:{kept(tmp_path, b'abc')}") == SecretStr("abc")


def test_a_credential_of_systemd(tmp_path: Path) -> None:
    kept(tmp_path, b"abc\n", name="moodle-token")
    assert places(Path("/nowhere"), CREDENTIALS_DIRECTORY=str(tmp_path)).resolve(
        "credential:moodle-token"
    ) == SecretStr("abc")


@pytest.mark.parametrize("value", ["007", "1e3", "true", "null", "2027-06-30", "0x10"])
def test_a_secret_is_text_whatever_it_looks_like(tmp_path: Path, value: str) -> None:
    assert places(tmp_path, KEY=value).resolve("env:KEY").get_secret_value() == value
    kept(tmp_path, f"{value}\n".encode())
    assert places(tmp_path).resolve("file:key").get_secret_value() == value


@pytest.mark.parametrize("written", ["hunter2", "env:", "env", "vault:x", 7, True, ["env:KEY"]])
def test_a_plain_value_is_refused_without_being_repeated(tmp_path: Path, written: object) -> None:
    message = refusal(places(tmp_path, KEY="x"), written)
    assert message.startswith("write where the secret is kept, not the secret itself: `env:NAME`")
    assert "hunter2" not in message


def test_a_file_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    file = kept(tmp_path, KEY.encode(), 0o644)
    assert refusal(places(tmp_path), "file:key") == f"everybody may read {file}; run: chmod 600 {file}"


def test_a_reference_that_leads_nowhere_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    kept(tmp_path, b"\n")
    kept(tmp_path, b"\xe1\xe2", name="greek")
    kept(tmp_path, b"x" * (LARGEST + 1), name="large")
    here = places(tmp_path, EMPTY="")
    assert "the environment has no variable NO_SUCH" in refusal(here, "env:NO_SUCH")
    assert "the secret at env:EMPTY is empty" in refusal(here, "env:EMPTY")
    assert "the secret at file:key is empty" in refusal(here, "file:key")
    assert "there is no file" in refusal(here, "file:none")
    assert "Is a directory" in refusal(here, "file:folder")
    assert "is not UTF-8 text" in refusal(here, "file:greek")
    assert "is too large to be a secret" in refusal(here, "file:large")
    assert "LoadCredential=token:" in refusal(here, "credential:token")
    assert "a credential has a name" in refusal(places(tmp_path, CREDENTIALS_DIRECTORY="/x"), "credential:../key")
    assert "there is no file" in refusal(places(tmp_path, CREDENTIALS_DIRECTORY=str(tmp_path)), "credential:none")


def test_a_file_that_this_account_may_not_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, mode: str = "r") -> None:
        raise PermissionError(13, "Permission denied", str(self))

    kept(tmp_path, b"abc")
    monkeypatch.setattr(Path, "open", refuse)  # root may read anything, so a mode would prove nothing
    assert "this account may not read" in refusal(places(tmp_path), "file:key")


def test_no_message_and_no_repr_shows_a_secret(tmp_path: Path) -> None:
    loaded = load(changed(tmp_path, "kypeks:", "web: {session_key: env:KEY}\nkypeks:"), environ={**ENVIRON, "KEY": KEY})
    assert loaded.settings.web.session_key == SecretStr(KEY)
    assert KEY not in repr(loaded)
    assert ENVIRON["KYPEK_KEY"] not in repr(loaded)


@pytest.mark.parametrize("plain", [KEY, "0070070070070070", "'0070070'", f"[{KEY}]", f"{{a: {KEY}}}"])
def test_a_secret_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path, plain: str) -> None:
    lines = said(changed(tmp_path, "identity_key: env:KYPEK_KEY", f"identity_key: {plain}"))
    assert len(lines) == 1
    assert lines[0].startswith("kypek.yaml:2: identity_key: write where the secret is kept, not the secret itself")
    assert KEY not in lines[0]
    assert "7007" not in lines[0]


def test_what_a_connector_entry_holds_is_not_shown_before_it_is_checked(tmp_path: Path) -> None:
    file = changed(tmp_path, "type: paper", f"type: paper\n    password: {KEY}")
    loaded = load(file, environ=ENVIRON)
    assert loaded.settings.connectors["people"].own == {"password": KEY}
    assert KEY not in repr(loaded)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path), {"KYPEK_KEY": "short-one"})
    assert problem.key == "identity_key"
    assert "too short to be safe" in problem.text
    assert "short-one" not in str(problem)
