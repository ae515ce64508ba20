"""A provider and a consumer (RFC 4533) behind one address, as a directory is that several servers answer for.

The consumer asks the provider when it starts, and not again before it is restarted: until then it lags, exactly as long
as a test wants it to.
"""

from __future__ import annotations

import select
import socket
import socketserver
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from tests.servers.slapd import BASE, PASSWORD, READER, READER_MAY_WRITE, SYNCPROV, Certificates, Slapd, _free_port

_NEVER = "99:00:00:00"
"""The interval (days first) of a consumer that asks again at its start alone."""


class Consumer(Slapd):
    """A server that holds what its provider had when it was started last."""

    provider: Slapd

    @classmethod
    def of(cls, provider: Slapd, folder: Path, certificates: Certificates) -> Consumer:
        """Make and start one, and wait until it has everything."""
        source = (
            f"syncrepl rid=001 provider=ldap://127.0.0.1:{provider.port} type=refreshOnly interval={_NEVER}"
            f' searchbase="{BASE}" bindmethod=simple binddn="{READER}" credentials={PASSWORD} retry="1 +"'
        )
        own = ('rootdn "cn=replication"', source)
        made = cls(folder, "", certificates, READER_MAY_WRITE, own, SYNCPROV)
        made.provider = provider
        (folder / "db").mkdir(parents=True)
        made.port, made.tls_port = _free_port(), _free_port()
        made._configure()
        made.start()
        made.wait()
        return made

    def catch_up(self) -> None:
        """Take over what the provider has now."""
        self.restart()
        self.wait()

    def wait(self) -> None:
        """Until it stands where the provider stands."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if (state := standing(self)) and state == standing(self.provider):
                return
        raise AssertionError("the consumer did not catch up within 20 s")


def standing(server: Slapd) -> list[str]:
    """The state of a server (`contextCSN`), as `ldapsearch` shows it."""
    where = ["ldapsearch", "-x", "-LLL", "-H", f"ldap://127.0.0.1:{server.port}", "-D", READER, "-w", PASSWORD]
    found = subprocess.run([*where, "-b", BASE, "-s", "base", "contextCSN"], capture_output=True, text=True)
    return sorted(line for line in found.stdout.splitlines() if line.startswith("contextCSN"))


class Front:
    """One address behind which the server `behind` answers each new connection, as a balancer or the DNS arranges it.
    To the connector it is a server of its own."""

    def __init__(self, behind: Slapd) -> None:
        self.behind = behind
        front = self

        class PassedOn(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", front.behind.port)) as server:
                    _pass_on(self.request, server)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), PassedOn)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, object]:
        """Settings for the connector: those of the server behind, at this address."""
        return {**self.behind.settings, "address": f"ldap://localhost:{self._server.server_address[1]}"}

    def stop(self) -> None:
        """Take no more connections, and wait for those that are open."""
        self._server.shutdown()
        self._server.server_close()


def _pass_on(caller: socket.socket, server: socket.socket) -> None:
    """What each of the two says, to the other, until one of them has gone."""
    other = {caller: server, server: caller}
    with suppress(OSError):
        while True:
            for talking in select.select(list(other), (), ())[0]:
                if not (data := talking.recv(65536)):
                    return
                other[talking].sendall(data)
