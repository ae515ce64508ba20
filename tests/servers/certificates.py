"""Certificates that must not be trusted: one that has expired, and one that its own holder signed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

from tests.servers.slapd import Certificates, make_certificates

_AUTHORITY = """
[ca]
default_ca = test
[test]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def expired(folder: Path) -> Certificates:
    """As `make_certificates`, but the server's was valid for one day of the year 2020."""
    right = make_certificates(folder)
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    (folder / "ca.conf").write_text(_AUTHORITY.format(folder=folder))
    certificate = folder / "expired.pem"
    _openssl(
        *("ca", "-batch", "-notext", "-config", folder / "ca.conf", "-cert", right.ca, "-keyfile", folder / "ca.key"),
        *("-in", folder / "server.csr", "-extfile", folder / "extensions", "-out", certificate),
        *("-startdate", "20200101000000Z", "-enddate", "20200102000000Z"),
    )
    return replace(right, certificate=certificate)


def self_signed(folder: Path) -> Certificates:
    """As `make_certificates`, but no authority signed the server's."""
    right = make_certificates(folder)
    certificate = folder / "own.pem"
    _openssl(
        *("req", "-x509", "-key", right.key, "-subj", "/CN=localhost", "-days", "2", "-out", certificate),
        *("-addext", (folder / "extensions").read_text().splitlines()[0]),
    )
    return replace(right, certificate=certificate)


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
