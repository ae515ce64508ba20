"""The contract suite's assertions explain themselves, though it is no test module; a certificate for all tests."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.contracts.mail")

from tests.connectors.smtp.simulated import Office, office  # noqa: E402 - after the registration


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, crt = str(folder / "key.pem"), str(folder / "crt.pem")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=kypek-test -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", crt], check=True, capture_output=True)
    return crt, key


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Office]:
    """A server on this machine, without protection and without a login."""
    with office(tmp_path) as running:
        yield running


@pytest.fixture
def protected(tmp_path: Path, certificate: tuple[str, str]) -> Iterator[Office]:
    """A server with STARTTLS that asks for a login."""
    with office(tmp_path, certificate) as running:
        yield running
