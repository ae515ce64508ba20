"""Whom the LDAP connector trusts, and what settings it accepts."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.ldap import LdapSettings
from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import StopConnector, TryLater, whole_people
from kypek_sync.language import speaker
from tests.connectors.directory.conftest import MakeLdap
from tests.contracts.directory_people import POPULATION
from tests.servers.certificates import expired, self_signed
from tests.servers.slapd import Certificates, MakeSlapd, Slapd, make_certificates

NEEDED = {"bind_dn": "uid=kypek,ou=services,dc=sch,dc=gr", "password": "x"}


@pytest.mark.server("slapd")
class TestCertificates:
    """D-38: ldap3 by itself takes any certificate, and OpenLDAP's library whatever the machine's ldap.conf says."""

    def test_a_right_one_is_taken_by_starttls_and_by_ldaps(self, slapd: Slapd, ldap: MakeLdap) -> None:
        assert whole_people(ldap(slapd)).complete
        assert whole_people(ldap(slapd, address=f"ldaps://localhost:{slapd.tls_port}")).complete

    @pytest.mark.parametrize("address", ["ldap://127.0.0.1:{port}", "ldaps://127.0.0.1:{tls_port}"])
    def test_one_for_another_host_is_refused(self, slapd: Slapd, ldap: MakeLdap, address: str) -> None:
        wrong = ldap(slapd, address=address.format(port=slapd.port, tls_port=slapd.tls_port))
        with pytest.raises(TryLater, match=r"certificate of .* could not be verified \(it is for another host name\)"):
            whole_people(wrong)

    def test_one_of_an_unknown_authority_is_refused(self, slapd: Slapd, ldap: MakeLdap, tmp_path: Path) -> None:
        other = make_certificates(tmp_path)
        for address in (slapd.address, f"ldaps://localhost:{slapd.tls_port}"):
            with pytest.raises(TryLater, match=r"verified \(no authority that is trusted here signed it\)"):
                whole_people(ldap(slapd, address=address, ca_file=str(other.ca)))
            with pytest.raises(TryLater, match=r"verified \(no authority that is trusted here signed it\)"):
                whole_people(ldap(slapd, address=address, ca_file=""))

    @pytest.mark.parametrize(
        ("make", "why"), [(expired, "it has expired"), (self_signed, "no authority that is trusted here signed it")]
    )
    def test_one_that_has_expired_or_that_nobody_signed_is_refused(
        self, make_slapd: MakeSlapd, ldap: MakeLdap, tmp_path: Path, make: Callable[[Path], Certificates], why: str
    ) -> None:
        """An expired certificate, one for another host and one of an unknown authority gave the same sentence in
        `check`: three different people have to mend them."""
        server = make_slapd(POPULATION, certificates=make(tmp_path))
        for address in (server.address, f"ldaps://localhost:{server.tls_port}"):
            with pytest.raises(TryLater, match=rf"certificate of .* could not be verified \({why}\)") as raised:
                whole_people(ldap(server, address=address))
            assert "πιστοποιητικό" in (greek := worded(raised.value.message, speaker("el")))
            assert not re.search(r"\b(has|signed|verified)\b", greek)
            assert "the certificate's dates" in raised.value.hint

    @pytest.mark.parametrize("content", [None, "no certificate"])
    def test_an_unusable_ca_file_is_named(self, slapd: Slapd, ldap: MakeLdap, tmp_path: Path, content: str) -> None:
        if content:
            (tmp_path / "broken.pem").write_text(content)
        with pytest.raises(StopConnector, match=r"ca_file broken\.pem cannot be used"):
            whole_people(ldap(slapd, ca_file="broken.pem"))

    def test_the_password_is_not_sent_where_starttls_is_stripped(self, slapd: Slapd, ldap: MakeLdap) -> None:
        """A server (or somebody in between) that refuses StartTLS gets nothing more."""
        refusal = bytes.fromhex("78070a010204000400")  # extendedResponse, protocolError

        def refuse(request: bytes) -> bytes:
            message_id = request[2 : 4 + request[3]]
            return bytes([0x30, len(message_id) + len(refusal)]) + message_id + refusal

        with _speaking(refuse) as (address, heard):
            with pytest.raises(StopConnector, match="does not offer StartTLS"):
                whole_people(ldap(slapd, address=address))
            assert b"1.3.6.1.4.1.1466.20037" in heard()
            assert str(slapd.settings["password"]).encode() not in heard()

    @pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x30\x84\xff", b"\x00" * 50])
    def test_a_server_that_speaks_something_else_is_tried_later(
        self, slapd: Slapd, ldap: MakeLdap, answer: bytes
    ) -> None:
        with _speaking(lambda request: answer) as (address, _):
            for changes in ({}, {"start_tls": False}):
                with pytest.raises(TryLater):
                    whole_people(ldap(slapd, address=address, timeout=1, **changes))

    def test_without_encryption_only_on_this_machine_and_the_probe_says_so(self, slapd: Slapd, ldap: MakeLdap) -> None:
        plain = ldap(slapd, start_tls=False)
        assert whole_people(plain).complete
        assert "not encrypted" in next(line.text for line in plain.probe().lines if line.subject == "tls")

    def test_an_anonymous_reader_may_see_less(self, make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
        server = make_slapd(POPULATION, access=("access to * by * read",))
        anonymous = ldap(server, bind_dn="", password="")
        assert whole_people(anonymous).complete
        assert "without signing in" in next(x.text for x in anonymous.probe().lines if x.subject == "credentials")


@contextmanager
def _speaking(answer: Callable[[bytes], bytes]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """A server that answers the first it hears and closes; gives its address and what it heard."""
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()
        server.settimeout(0.1)

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(2)
                    request = connection.recv(4096)
                    heard.extend(request)
                    connection.sendall(answer(request))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"ldap://localhost:{server.getsockname()[1]}", lambda: bytes(heard)
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"address": "ldap.example.gr"}, "write the whole address"),
        ({"address": "http://ldap.example.gr"}, "write the whole address"),
        ({"address": "ldap://ldap.example.gr/dc=sch,dc=gr"}, "only scheme, host and port"),
        ({"address": "ldap://user:pass@ldap.example.gr"}, "only scheme, host and port"),
        ({"address": "ldap://ldap.example.gr:99999"}, "Port out of range"),
        ({"address": "ldap://ldap.example.gr", "start_tls": False}, "readable to everybody"),
        ({"address": "ldap://ldap.example.gr", "password": ""}, "go together"),
        ({"address": "ldap://ldap.example.gr", "bind_dn": ""}, "go together"),
        ({"address": "ldap://ldap.example.gr", "base": "sch.gr"}, "no part of a DN"),
        ({"address": "ldap://ldap.example.gr", "people": ""}, "cannot be empty"),
        ({"address": "ldap://ldap.example.gr", "page_size": 0}, "greater than or equal to 1"),
        ({"address": "ldap://ldap.example.gr", "pagesize": 10}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_says_what_to_mend(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        LdapSettings.model_validate({**NEEDED, **settings})


def test_settings_have_safe_defaults() -> None:
    settings = LdapSettings.model_validate({**NEEDED, "address": "ldap://LDAP.example.gr"})
    assert (settings.host, settings.port, settings.tls, settings.ldaps) == ("ldap.example.gr", 389, True, False)
    assert (settings.people_base, settings.units_base) == ("ou=people,dc=sch,dc=gr", "ou=units,dc=sch,dc=gr")
    assert LdapSettings.model_validate({**NEEDED, "address": "ldaps://x"}).port == 636
    assert "x" not in repr(settings.password)
