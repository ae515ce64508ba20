"""A real slapd for tests: on a free loopback port, with its own schema, certificate, rights and limits. Ended by PID.

`Slapd.settings` are ready for `connectors.ldap`. Needs the Debian packages slapd and ldap-utils; without them a test
fails and says how to install them.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SLAPD = shutil.which("slapd", path=f"/usr/sbin:{os.environ.get('PATH', '')}")
SCHEMAS = Path("/etc/ldap/schema")
OWN_SCHEMA = Path(__file__).with_name("school-network.schema")
BASE = "dc=sch,dc=gr"
READER = "uid=kypek,ou=services,dc=sch,dc=gr"
PASSWORD = "not-a-real-password"
READER_MAY_WRITE = (
    f'access to attrs=userPassword by anonymous auth by dn.exact="{READER}" manage',
    f'access to * by dn.exact="{READER}" manage by * none',
)
SYNCPROV = ("overlay syncprov", "syncprov-sessionlog 1000")
"""Changes are told by RFC 4533, with a log of what was deleted."""
ALL_MAY_READ = ("access to attrs=userPassword by anonymous auth", f'access to * by dn.exact="{READER}" read by * none')

SERVICES = f"""
dn: {BASE}
objectClass: top
objectClass: dcObject
objectClass: organization
dc: sch
o: test

dn: ou=services,{BASE}
objectClass: organizationalUnit
ou: services

dn: {READER}
objectClass: account
objectClass: simpleSecurityObject
uid: kypek
userPassword: {PASSWORD}
"""


def require_slapd() -> None:
    """Fail, and say what to do, where slapd is not installed."""
    if not SLAPD or not SCHEMAS.is_dir() or not shutil.which("ldapsearch"):
        pytest.fail("run: make servers (apt-get install slapd ldap-utils)", pytrace=False)


@dataclass(frozen=True)
class Certificates:
    """A certificate authority (`ca`), and a server's certificate for this machine's names alone, signed by it."""

    ca: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """New certificates, valid for two days, in `folder`."""
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    certificate, key, request = folder / "server.pem", folder / "server.key", folder / "server.csr"
    extensions = folder / "extensions"
    names = ",".join(f"DNS:{name}" for name in sorted(_own_names()))
    extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    authority = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    signing = ("-CA", ca, "-CAkey", ca_key, "-CAcreateserial")
    for words in (
        ("req", "-x509", *new, "-keyout", ca_key, "-out", ca, "-days", "2", "-subj", "/CN=test authority", *authority),
        ("req", *new, "-keyout", key, "-out", request, "-subj", "/CN=localhost"),
        ("x509", "-req", "-in", request, *signing, "-extfile", extensions, "-out", certificate, "-days", "2"),
    ):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
    return Certificates(ca, certificate, key)


def _stopped(task: Path) -> bool:
    """Whether a thread of a process has stopped, by the letter after its name in parentheses (proc(5))."""
    return (task / "stat").read_text().rpartition(")")[2].split()[0] == "T"


@dataclass
class Slapd:
    """One server. `limits` are lines of slapd.conf for the database (`limits users size.hard=5`); `access` likewise;
    `overlays` come last (`SYNCPROV`)."""

    folder: Path
    entries: str
    certificates: Certificates
    access: tuple[str, ...] = ALL_MAY_READ
    limits: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()
    port: int = 0
    tls_port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """The address for StartTLS, by the name in the certificate."""
        return f"ldap://localhost:{self.port}"

    @property
    def settings(self) -> dict[str, object]:
        """Settings for the connector, as an administrator would write them."""
        return {
            "address": self.address,
            "bind_dn": READER,
            "password": PASSWORD,
            "ca_file": str(self.certificates.ca),
            "timeout": 5,
        }

    def load(self) -> None:
        """Write the configuration and load the entries into an empty database."""
        assert SLAPD
        (self.folder / "db").mkdir(parents=True)
        self.port, self.tls_port = _free_port(), _free_port()
        self._configure()
        ldif = self.folder / "entries.ldif"
        ldif.write_text(SERVICES.lstrip() + "\n" + _without_suffix_entry(self.entries))
        words = [SLAPD, "-Tadd", "-q", "-f", str(self.folder / "slapd.conf"), "-l", str(ldif)]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def reconfigure(self, *, access: tuple[str, ...] | None = None, limits: tuple[str, ...] | None = None) -> None:
        """Restart it with other rights or limits (None: as before) over the same entries."""
        self.stop()
        self.access = self.access if access is None else access
        self.limits = self.limits if limits is None else limits
        self._configure()
        self.start()

    def _configure(self) -> None:
        schemas = [SCHEMAS / f"{name}.schema" for name in ("core", "cosine", "inetorgperson")]
        lines = [
            *(f"include {path}" for path in (*schemas, OWN_SCHEMA)),
            # without these slapd refuses the entries (D-45)
            "attributeoptions lang- school-principal itlab-responsible itsector-responsible ypepth-personnel category",
            f"pidfile {self.folder / 'slapd.pid'}",
            "modulepath /usr/lib/ldap",
            "moduleload back_mdb",
            "moduleload memberof",
            "moduleload syncprov",
            f"TLSCACertificateFile {self.certificates.ca}",
            f"TLSCertificateFile {self.certificates.certificate}",
            f"TLSCertificateKeyFile {self.certificates.key}",
            "database mdb",
            f'suffix "{BASE}"',
            f"directory {self.folder / 'db'}",
            "maxsize 1073741824",
            "dbnosync",
            "index objectClass,uid,modifyTimestamp,entryCSN,entryUUID eq",
            *self.limits,
            *self.access,
            "overlay memberof",
            *self.overlays,
        ]
        (self.folder / "slapd.conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        """Start serving and wait until it answers."""
        assert SLAPD
        urls = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port}"
        words = [SLAPD, "-d", "0", "-f", str(self.folder / "slapd.conf"), "-h", urls]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            assert self.process.poll() is None, "slapd ended at once"
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), timeout=1).close()
            except OSError:
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.02)  # it needs the processor more than we do
                continue
            return
        pytest.fail("slapd did not begin to answer within 20 s")

    def stop(self) -> None:
        """End the server, thawing it first if it is frozen. Safe to call twice."""
        if self.process is not None:
            self.thaw()
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
            self.process = None

    def keep(self) -> Path:
        """A copy of the database as it is now; the server is restarted for it."""
        self.stop()
        copy = self.folder / f"copy-{len(list(self.folder.glob('copy-*')))}"
        _copy(self.folder / "db", copy)
        self.start()
        return copy

    def put_back(self, copy: Path) -> None:
        """The server again as it was: a backup, or a replica that lags."""
        self.stop()
        shutil.rmtree(self.folder / "db")
        _copy(copy, self.folder / "db")
        self.start()

    def restart(self) -> None:
        """End it and start it again on the same ports: whoever is in between two pages loses the connection."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """It keeps its connections and answers nobody (SIGSTOP)."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        tasks = Path(f"/proc/{self.process.pid}/task")
        while any(not _stopped(task) for task in tasks.iterdir()):  # a thread may still answer until it has stopped
            continue

    def thaw(self) -> None:
        """It goes on."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    def change(self, ldif: str) -> None:
        """Apply change records, as the directory's own administrator would (by `manage` on the reader's rights)."""
        words = ["ldapmodify", "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", READER, "-w", PASSWORD]
        done = subprocess.run(words, input=ldif, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def export(self, *words: str) -> bytes:
        """What `ldapsearch` prints of everything below the suffix; `words` are further options of it."""
        words = ("-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", READER, "-w", PASSWORD, "-b", BASE, *words)
        return subprocess.run(["ldapsearch", *words], capture_output=True).stdout


MakeSlapd = Callable[..., Slapd]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """One authority and one server certificate for the whole run."""
    require_slapd()
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def make_slapd(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[MakeSlapd]:
    """Starts servers: `make_slapd(entries, access=…, limits=…, overlays=…)`. All end with the run."""
    started: list[Slapd] = []

    def make(
        entries: str,
        access: tuple[str, ...] = ALL_MAY_READ,
        limits: tuple[str, ...] = (),
        certificates: Certificates = certificates,
        overlays: tuple[str, ...] = (),
    ) -> Slapd:
        server = Slapd(tmp_path_factory.mktemp("slapd"), entries, certificates, access, limits, overlays)
        server.load()
        server.start()
        started.append(server)
        return server

    yield make
    for server in started:
        server.stop()


def _copy(folder: Path, into: Path) -> None:
    """Copy a database without its holes: its file is a gigabyte long, of which a few megabytes are there."""
    subprocess.run(["cp", "-a", "--sparse=always", str(folder), str(into)], check=True)


def _own_names() -> set[str]:
    """`localhost`, and what OpenLDAP's library takes that word for when it compares it with a certificate."""
    own = socket.gethostname()
    found = socket.getaddrinfo(own, None, flags=socket.AI_CANONNAME) if own else []
    return {"localhost", own, socket.getfqdn(), *(each[3] for each in found)} - {""}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _without_suffix_entry(entries: str) -> str:
    """The entries without the suffix's own, which `SERVICES` brings."""
    blocks = [block.strip("\n") for block in entries.split("\n\n")]
    return "\n\n".join(block for block in blocks if block and not block.startswith(f"dn: {BASE}\n")) + "\n"
