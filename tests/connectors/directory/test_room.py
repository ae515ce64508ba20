"""A page that is sent faster than it is taken does not stand still."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from connectors.ldap import LdapSettings, room
from connectors.ldap.libraries import reader
from tests.servers.slapd import Slapd


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        return ours, server.accept()[0]


@pytest.mark.parametrize(
    ("allowed", "made"), [(str(room.ROOM), True), (str(room.ROOM - 1), False), ("much", False), (None, False)]
)
def test_room_is_made_only_where_the_system_allows_as_much(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, allowed: str | None, made: bool
) -> None:
    """With less than it would come to by itself, a read would only be slower."""
    file = tmp_path / "rmem_max"
    if allowed is not None:
        file.write_text(allowed)
    monkeypatch.setattr(room, "_ALLOWED", file)
    ours, theirs = pair()
    with ours, theirs:
        before = ours.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        room.make_room(ours)
        assert (ours.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) != before) is made
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_that_is_gone_is_left_as_it_is() -> None:
    """The read says by itself that it is gone."""
    ours, theirs = pair()
    theirs.close()
    ours.close()
    room.make_room(ours)
    assert ours.fileno() == -1


@pytest.mark.server("slapd")
@pytest.mark.parametrize("ldaps", [False, True])
def test_both_libraries_make_room_on_their_connection(
    monkeypatch: pytest.MonkeyPatch, slapd: Slapd, library: str, ldaps: bool
) -> None:
    made: list[tuple[str, int]] = []
    for module in ("over_ldap3", "over_python_ldap"):
        monkeypatch.setattr(f"connectors.ldap.{module}.make_room", lambda one: made.append(one.getpeername()[:2]))
    port = slapd.tls_port if ldaps else slapd.port
    address = f"{'ldaps' if ldaps else 'ldap'}://localhost:{port}"
    settings = LdapSettings.model_validate({**slapd.settings, "library": library, "address": address})
    reader(library).open(settings, settings.ca_file).close()
    assert made == [("127.0.0.1", port)]
