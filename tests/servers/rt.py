"""A real Request Tracker 5 for tests: on a free loopback port, with its own database and settings. Ended by PID.

Needs the Debian packages request-tracker5, rt5-db-sqlite and rt5-standalone; without them a test fails and says how to
install them. Nothing below /etc is read or touched. The queue KYPEK-ATT has what the connector needs, KYPEK-BARE has
no custom field. The server's zone is Europe/Athens on purpose, our account's is UTC (H-10).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

SETUP = shutil.which("rt-setup-database-5", path=f"/usr/sbin:/sbin:{os.environ.get('PATH', '')}")
SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
QUEUE = "KYPEK-ATT"
BARE_QUEUE = "KYPEK-BARE"
ROBOT = "kypek-sync"
OFFICER = "officer"

# BcryptCost: tokens are hashed, and the usual cost takes a quarter of a second a request (H-1).
_SITE = """
use utf8;
Set($rtname, 'test-rt'); Set($Organization, 'test.example');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:{port}'); Set($WebURL, 'http://127.0.0.1:{port}/');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{folder}/var/rt.sqlite3');
Set($Timezone, 'Europe/Athens'); Set($BcryptCost, 4);
Set($CorrespondAddress, 'rt\\@test.example'); Set($CommentAddress, 'rtc\\@test.example');
Set($OwnerEmail, 'root\\@test.example');
Set($MailCommand, 'testfile'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'warning');
Set(%GnuPG, Enable => 0); Set(%SMIME, Enable => 0);
1;
"""

_SEED = """
use utf8;
our (@Queues, @Users, @CustomFields, @ACL, @Final);
push @Queues, map +{ Name => $_, CorrespondAddress => lc($_).'@test.example',
  CommentAddress => lc($_).'-c@test.example' }, qw(KYPEK-ATT KYPEK-BARE);
push @Users, map +{ Name => $_, EmailAddress => "$_\\@test.example", Privileged => 1, Timezone => 'UTC',
  Lang => 'en' }, qw(kypek-sync officer);
push @CustomFields, map +{ Name => $_, Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket',
  Queue => ['KYPEK-ATT'] }, qw(KypekRef KypekSeminar);
push @CustomFields, { Name => 'KypekEvt', Type => 'FreeformSingle',
  LookupType => 'RT::Queue-RT::Ticket-RT::Transaction', Queue => ['KYPEK-ATT'] };
for my $queue (qw(KYPEK-ATT KYPEK-BARE)) {
  for my $user (qw(kypek-sync officer)) {
    push @ACL, map +{ UserId => $user, Queue => $queue, Right => $_ }, qw(SeeQueue ShowTicket CreateTicket ReplyToTicket
      CommentOnTicket ShowTicketComments ModifyTicket OwnTicket Watch WatchAsAdminCc ModifyCustomField SeeCustomField
      SetInitialCustomField);
  }
}
push @ACL, map +{ UserId => $_, Right => 'ManageAuthTokens' }, qw(kypek-sync officer);
push @Final, sub {
  require RT::AuthToken;
  for my $name (qw(kypek-sync officer)) {
    my $user = RT::User->new(RT->SystemUser); $user->Load($name);
    my ($id, $msg, $auth) = RT::AuthToken->new(RT->SystemUser)->Create(Owner => $user->Id, Description => 'test');
    die $msg unless $id;
    open my $file, '>', "$ENV{RT_TEST_FOLDER}/token-$name" or die $!;
    print $file $auth; close $file;
  }
};
1;
"""


def require_rt() -> None:
    """Fail, and say what to do, where Request Tracker is not installed."""
    if not SETUP or not SERVER.is_file():
        pytest.fail("run: make servers (apt-get install request-tracker5 rt5-db-sqlite rt5-standalone)", pytrace=False)


@dataclass
class RequestTracker:
    """One server. `token` is our account's, `officer` does what people at the helpdesk do."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def token(self, account: str = ROBOT) -> str:
        """The token of an account."""
        return (self.folder / f"token-{account}").read_text().strip()

    def set_up(self) -> None:
        """Make the database: schema, queues, accounts, fields, rights, tokens."""
        for name in ("conf.d", "var", "log"):
            (self.folder / name).mkdir(parents=True)
        self.port = _free_port()
        (self.folder / "RT_SiteConfig.pm").write_text(_SITE.format(port=self.port, folder=self.folder))
        seed = self.folder / "seed.pl"
        seed.write_text(_SEED)
        self._database("--action", "init")
        self._database("--action", "insert", "--datafile", str(seed))

    def start(self) -> None:
        """Start serving and wait until it answers."""
        words = [str(SERVER), "--server", "Starlet", "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / "log" / "rt.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*words, "--max-workers", "4"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None, self._log()
            try:
                if self.ask("GET", "rt").status_code == 200:
                    return
            except requests.ConnectionError:
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.05)  # it needs the processor more than we do
                continue
        self.stop()
        pytest.fail(f"Request Tracker did not begin to answer within 60 s: {self._log()}")

    def stop(self) -> None:
        """End the server and its workers. Safe to call twice."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)  # it leads a process group of its own
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)
            self.process = None

    def ask(
        self, method: str, path: str, data: Mapping[str, Any] | None = None, *, account: str = OFFICER, **query: str
    ) -> requests.Response:
        """One call of its interface by a person at the helpdesk, past the connector."""
        headers = {"Authorization": f"token {self.token(account)}"}
        with requests.Session() as session:
            session.trust_env = False
            url = f"{self.address}/REST/2.0/{path}"
            return session.request(method, url, json=data, params=query, headers=headers, timeout=30)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "RT_TEST_FOLDER": str(self.folder),
            "RT_SITE_CONFIG": str(self.folder / "RT_SiteConfig.pm"),
            "RT_SITE_CONFIG_DIR": str(self.folder / "conf.d"),
        }

    def _database(self, *words: str) -> None:
        assert SETUP
        done = subprocess.run(
            [SETUP, *words, "--skip-create"], env=self._environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _log(self) -> str:
        return (self.folder / "log" / "rt.log").read_text(errors="replace")[-2000:]


@pytest.fixture(scope="session")
def request_tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RequestTracker]:
    """A running Request Tracker, one for the whole run: each test uses references of its own."""
    require_rt()
    server = RequestTracker(tmp_path_factory.mktemp("rt"))
    server.set_up()
    server.start()
    yield server
    server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
