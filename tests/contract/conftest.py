"""A served application with the wire faults, certificates, and servers that follow a script."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.servers import Site, site


@pytest.fixture
def served() -> Iterator[Site]:
    """An application that counts what it is asked."""
    with site() as it:
        yield it


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate of our own for 127.0.0.1, and its key."""
    return _drawn_up(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture(scope="session")
def misnamed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for another host, and its key."""
    return _drawn_up(tmp_path_factory.mktemp("tls-misnamed"), "DNS:else.example")


def _drawn_up(folder: Path, name: str) -> tuple[str, str]:
    key, crt = str(folder / "key.pem"), str(folder / "crt.pem")
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=kypek-test -addext subjectAltName={name}"
    subprocess.run([*command.split(), "-keyout", key, "-out", crt], check=True, capture_output=True)
    return crt, key
