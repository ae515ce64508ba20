"""A real slapd with a generated directory of any size, with the indexes and overlays of the sheet (section 3.6)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kypek_sync.sandbox.people import Directory as MadeUp
from tests.servers.slapd import BASE, READER, SERVICES, SLAPD, SYNCPROV, Certificates, Slapd, _free_port

INDEXES = (
    "index mail,umdObject,l,eduPersonOrgUnitDN,employeeNumber,gsnUnitCode,gsnRegistryCode,gsnBranch,ou eq",
    "limits * size=unlimited time=unlimited",
)
MANAGED = ("access to attrs=userPassword by anonymous auth", f'access to * by dn.exact="{READER}" manage by * none')
"""Our account may read everything, and the test may change it by the same account."""


class NationalSlapd(Slapd):
    """One server over the entries of a generated directory, which never stand in memory as a whole."""

    def __init__(self, folder: Path, made_up: MadeUp, certificates: Certificates) -> None:
        super().__init__(folder, "", certificates, MANAGED, INDEXES, SYNCPROV)
        self.made_up = made_up

    @property
    def ldif(self) -> Path:
        """The file that was loaded."""
        return self.folder / "directory.ldif"

    def load(self) -> None:
        """Write the configuration, make the entries and load them into an empty database."""
        (self.folder / "db").mkdir(parents=True)
        self.port, self.tls_port = _free_port(), _free_port()
        self._configure()
        self.made_up.write_ldif(self.ldif)
        services = self.folder / "services.ldif"
        services.write_text(SERVICES[SERVICES.index(f"dn: ou=services,{BASE}") :])
        self._add(self.ldif)
        self._add(services)

    def _add(self, file: Path) -> None:
        words = [str(SLAPD), "-Tadd", "-q", "-f", str(self.folder / "slapd.conf"), "-l", str(file)]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
