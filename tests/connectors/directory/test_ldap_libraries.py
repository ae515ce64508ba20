"""The two libraries are one wire: the same entries, the same words, and a choice between them."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.ldap import LdapSettings, libraries
from connectors.ldap.client import LdapClient, Search, escaped
from connectors.ldap.line import Answer, Kind, Line, Question, Same, Take, Trouble
from kypek_sync.contract import PERSON_ATTRIBUTES, ConnectorError, StopConnector, TryLater, whole_people
from tests.connectors.directory.conftest import MakeLdap, MakeWire
from tests.contracts.directory_people import ILIO, PEOPLE, UNITS, person, tree, unit
from tests.servers.slapd import MakeSlapd, Slapd

EVERYBODY = Search(PEOPLE, "(!(objectClass=alias))", PERSON_ATTRIBUTES)
SETTINGS = {"address": "ldap://ldap.example", "bind_dn": "uid=a,dc=gr", "password": "not-a-real-password"}


@pytest.mark.server("slapd")
def test_both_give_the_same_bytes_under_the_same_names(slapd: Slapd) -> None:
    def entries(name: str) -> dict[str, dict[str, list[bytes]]]:
        found: dict[str, dict[str, list[bytes]]] = {}

        def take(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
            found[dn] = {each: sorted(values) for each, values in raw.items()}

        settings = LdapSettings.model_validate({**slapd.settings, "library": name, "page_size": 5})
        assert LdapClient("sch-ldap", settings, settings.ca_file).read_all(EVERYBODY, take).pages == 3
        return found

    assert entries("ldap3") == entries("python-ldap")
    assert len(entries("ldap3")) == 12


@pytest.mark.server("slapd")
def test_both_unicode_forms_are_one_person(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """A name, a unit's DN and a specialty typed on a Mac come decomposed (NFD)."""
    place = f"ou=γραφείο-ιλίου,ou=att-g,{UNITS}"

    def served(form: str) -> str:
        def of(text: str) -> str:
            return unicodedata.normalize(form, text)  # type: ignore[arg-type]  # one of the four forms

        return tree(
            unit(of(place), of("Γραφείο Ιλίου")),
            person("a", sn=of("Παΐσιος"), givenName=of("Άννα"), l=of(place), umdObject="Teacher", gsnBranch="ΠΕ70"),
        )

    composed, decomposed = (whole_people(ldap(make_slapd(served(form)))).items for form in ("NFC", "NFD"))
    assert composed == decomposed
    assert (composed[0].surname, composed[0].given_name) == ("Παΐσιος", "Άννα")
    assert place in composed[0].units


@pytest.mark.server("slapd")
def test_whoever_is_looked_up_may_have_any_letters(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    server = make_slapd(tree(person("a*b(c)"), person("παππά")))
    for login in ("a*b(c)", "παππά"):
        found = ldap(server).person(login)
        assert found is not None
        assert found.login == login
    assert ldap(server).person("a*") is None


@pytest.mark.parametrize(
    ("value", "inside"), [("a", "a"), ("*", r"\2a"), ("(a)", r"\28a\29"), ("a\\b\0", r"a\5cb\00"), ("παππά", "παππά")]
)
def test_no_character_of_a_value_means_anything_in_a_filter(value: str, inside: str) -> None:
    assert escaped(value) == inside


@pytest.mark.server("slapd")
def test_an_entry_itself_can_be_looked_at(slapd: Slapd, wire: MakeWire) -> None:
    """The server's own entry tells what it offers."""
    ((dn, values),) = wire(slapd).look(Search("", "(objectClass=*)", ("supportedControl",)), 1, itself=True)
    assert dn == ""
    assert b"1.2.840.113556.1.4.319" in values["supportedControl"]
    ((dn, _),) = wire(slapd).look(Search(ILIO, "(objectClass=*)", ("ou",)), 1, itself=True)
    assert dn == ILIO


# ------------------------------------------------------------------------------------------------ what ends a read


class Scripted:
    """A library whose lines answer as told: each answer is preceded by so many entries."""

    name, raw = "scripted", False

    def __init__(self, *script: tuple[int, Answer | int | Kind]) -> None:
        self._script = iter(script)

    def open(self, settings: LdapSettings, ca_file: str) -> Line:
        return self

    def start_tls(self) -> None:
        """Done."""

    def sign_in(self) -> None:
        """Done."""

    def close(self) -> None:
        """Done."""

    def search(self, question: Question, take: Take, same: Same | None = None) -> Answer:
        entries, what = next(self._script)
        for number in range(entries):
            take(f"uid={number}", {})
        if isinstance(what, Answer):
            return what
        raise Trouble(what)


def read(*script: tuple[int, Answer | int | Kind]) -> tuple[int, str] | ConnectorError:
    """Entries and why partial, or the error."""
    client = LdapClient("x", LdapSettings.model_validate(SETTINGS), using=Scripted(*script))
    try:
        ending = client.read_all(EVERYBODY, lambda dn, raw: None)
    except ConnectorError as error:
        return error
    return ending.entries, ending.why_partial


MORE, LAST = Answer(0, b"cookie"), Answer(0, b"")


@pytest.mark.parametrize(
    ("script", "entries", "says"),
    [
        (((2, MORE), (1, LAST)), 3, ""),
        (((0, LAST),), 0, ""),
        (((2, Answer(0)),), 2, "did not say whether that is all"),
        (((2, Answer(4, b"")),), 2, "stopped at its size limit (sizeLimitExceeded)"),
        (((0, Answer(3)),), 0, "stopped at its time limit (timeLimitExceeded)"),
        (((2, MORE), (1, Answer(11))), 3, "stopped at its administrative limit (adminLimitExceeded)"),
        (((2, Answer(0, b"", referrals=1)),), 2, "refers to another server"),
        (((2, Answer(10)),), 2, "refers to another server"),
        (((2, MORE), (0, Answer(51))), 2, "The read ended after 2 entries: ldap://ldap.example could not be used"),
        (((2, MORE), (1, Answer(2))), 3, "while reading ou=people,dc=sch,dc=gr (protocolError)"),
        (((2, MORE), (1, Kind.BROKEN)), 3, "(the connection was broken off)"),
        (((2, MORE), (1, Kind.TIMEOUT)), 3, "gave no answer within 30 s"),
        (((2, MORE), (1, Answer(80))), 3, "(other)"),
        (((2, MORE), (1, Answer(99))), 3, "(result 99)"),
    ],
)
def test_a_read_is_whole_or_says_why_not(script: tuple[tuple[int, Answer], ...], entries: int, says: str) -> None:
    """D-30, D-32: nothing but result 0 and an empty cookie is the end."""
    found = read(*script)
    assert isinstance(found, tuple)
    assert found[0] == entries
    assert says in found[1]
    assert bool(found[1]) == bool(says)


@pytest.mark.parametrize(
    ("script", "error", "says", "hint"),
    [
        (((0, Answer(11)), (1, MORE)), StopConnector, "refused pages of 1000 entries", "Set a smaller page_size"),
        (((0, Answer(11)), (0, Answer(11))), StopConnector, "refuses uid=a,dc=gr pages of any size", "size.prtotal"),
        (((0, Answer(11)), (0, Kind.BROKEN)), TryLater, "(the connection was broken off)", "nothing was changed there"),
        (((0, Answer(32)),), StopConnector, "no such place", "base, people and units"),
        (((2, MORE), (0, Answer(50))), StopConnector, "refused this account", "rights of the service account"),
        (((0, Answer(12)),), StopConnector, "does not read in pages", "allow paged results"),
        (((0, Answer(51)),), TryLater, "(busy)", "nothing was changed there"),
        (((0, Kind.NONSENSE),), TryLater, "(the answer was no LDAP)", "nothing was changed there"),
        (((0, Kind.TIMEOUT),), TryLater, "gave no answer within 30 s while reading", "timeout"),
    ],
)
def test_what_cannot_be_read_at_all_says_what_to_do(
    script: tuple[tuple[int, Answer], ...], error: type[ConnectorError], says: str, hint: str
) -> None:
    """D-31."""
    found = read(*script)
    assert isinstance(found, error)
    assert says in found.message
    assert hint in found.hint


# ------------------------------------------------------------------------------------------------ the choice


def who_does_what(library: str = "auto") -> tuple[str, str]:
    """Which library reads and which one hears syncrepl under that setting."""
    client = LdapClient("x", LdapSettings.model_validate({**SETTINGS, "library": library}))
    return client.library, client.listener


def test_ldap3_reads_and_python_ldap_hears_unless_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert who_does_what("auto") == ("ldap3", "python-ldap")
    assert who_does_what("python-ldap") == ("python-ldap", "python-ldap")
    assert who_does_what("ldap3") == ("ldap3", "")
    monkeypatch.setattr(libraries, "python_ldap", lambda: None)
    assert who_does_what("auto") == ("ldap3", "")


def test_python_ldap_is_not_loaded_by_who_only_reads() -> None:
    """With `auto`; another interpreter, since this one has it already."""
    words = "import sys; from tests.connectors.directory.test_ldap_libraries import {}; {}"
    read = "LdapClient('x', LdapSettings.model_validate(SETTINGS)); print('ldap' in sys.modules)"
    names = "LdapClient, LdapSettings, SETTINGS"
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", words.format(names, read)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_one_that_cannot_be_loaded_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "connectors.ldap.over_python_ldap", raising=False)
    monkeypatch.setitem(sys.modules, "ldap", None)
    assert libraries.python_ldap() is None
    assert who_does_what("auto") == ("ldap3", "")


def test_a_wish_for_one_that_is_not_installed_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValidationError, match=r"pip install 'kypek-sync\[fast-ldap\]', or write auto"):
        LdapSettings.model_validate({**SETTINGS, "library": "python-ldap"})
    with pytest.raises(ValidationError, match="'auto', 'ldap3' or 'python-ldap'"):
        LdapSettings.model_validate({**SETTINGS, "library": "ldap4"})


def test_only_python_ldap_listens() -> None:
    """D-43."""
    client = LdapClient("x", LdapSettings.model_validate(SETTINGS), using=Scripted())
    assert client.listener == ""
    with pytest.raises(StopConnector, match="cannot listen"):
        client.listen(EVERYBODY, (), lambda message: None)


@pytest.mark.parametrize("library", ["connectors.ldap.over_ldap3", "connectors.ldap.over_python_ldap"])
def test_an_interpreter_that_takes_warnings_for_errors_can_load_it(library: str) -> None:
    """D-44."""
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-W", "error", "-c", f"import {library}"], cwd=root, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
