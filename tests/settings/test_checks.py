"""What no single setting can know is checked too, and told even when other settings are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kypek_sync.settings import load
from kypek_sync.settings.ledger_address import LedgerAddressError, ledger_address
from tests.settings.writing import ENVIRON, WHOLE, changed, problems, said, write

SECOND = "  att-d:\n    name: ΚΥΠΕΚ Δ΄ Αθήνας\n"


def only(file: Path) -> str:
    (line,) = said(file)
    return line


# ------------------------------------------------------------------------------------------------ connectors


def test_a_connector_that_a_centre_names_must_exist(tmp_path: Path) -> None:
    assert only(changed(tmp_path, "courses: eclass", "courses: eclas")) == (
        "kypek.yaml:13: kypeks.att-a.courses: no connector has the name eclas; did you mean 'eclass'?"
    )
    assert only(changed(tmp_path, "directory: people", "directory: xyz")).endswith(
        "no connector has the name xyz; known: eclass, people"
    )


def test_a_connector_that_a_category_names_must_exist(tmp_path: Path) -> None:
    line = only(changed(tmp_path, "officers:", "categories: {modle: '12'}\n        officers:"))
    assert line.startswith("kypek.yaml:17: kypeks.att-a.structures.ekfe.categories.modle: no connector has the name")


def test_when_connectors_are_misspelt_that_alone_is_told(tmp_path: Path) -> None:
    assert only(changed(tmp_path, "connectors:", "conectors:")) == (
        "kypek.yaml:3: conectors: unknown key; did you mean 'connectors'?"
    )


def test_a_double_set_up_is_refused(tmp_path: Path) -> None:
    twice = "type: school\n    address: https://E.example.gr/\n  other:\n    type: school\n    address: https://e.example.gr"
    line = only(changed(tmp_path, "type: school", twice))
    assert line.startswith("kypek.yaml:11: connectors.other.address: connector eclass has the same type and address")


@pytest.mark.parametrize("other", ["http://e.example.gr", "https://e.example.gr:443", "HTTPS://E.example.gr//"])
def test_however_its_address_is_written(tmp_path: Path, other: str) -> None:
    twice = f"type: school\n    address: https://e.example.gr\n  other:\n    type: school\n    address: {other}"
    assert any("has the same type and address" in line for line in said(changed(tmp_path, "type: school", twice)))


def test_one_address_may_serve_two_types(tmp_path: Path) -> None:
    two = (
        "type: school\n    address: https://e.example.gr\n  other:\n    type: rooms\n    address: https://e.example.gr"
    )
    assert problems(changed(tmp_path, "type: school", two)) == ()


# ------------------------------------------------------------------------------------------------ centres


def test_an_unknown_label_is_guessed(tmp_path: Path) -> None:
    assert only(changed(tmp_path, "  att-a:", "  att-aa:")) == (
        "kypek.yaml:10: kypeks.att-aa: att-aa is no label of a directorate; did you mean 'att-a'?"
    )


def test_an_unknown_label_that_resembles_nothing_lists_all(tmp_path: Path) -> None:
    line = only(changed(tmp_path, "name: ΚΥΠΕΚ Α΄ Αθήνας", "name: A\n    label: qqqqq"))
    assert line.startswith("kypek.yaml:12: kypeks.att-a.label: qqqqq is no label of a directorate; write `label:`")
    assert line.endswith(" xan, zak")


def test_a_centre_that_names_its_directorates_needs_no_label(tmp_path: Path) -> None:
    assert (
        problems(
            write(tmp_path, WHOLE, ("  att-a:", "  north:"), ("directory:", "directorates: [117]\n    directory:"))
        )
        == ()
    )


def test_an_unknown_directorate_shows_those_of_the_label(tmp_path: Path) -> None:
    assert only(changed(tmp_path, "directory:", "directorates: [117, 999]\n    directory:")) == (
        "kypek.yaml:12: kypeks.att-a.directorates.2: no directorate has the number 999; those of att-a: 117, 133"
    )


def test_a_directorate_belongs_to_one_centre(tmp_path: Path) -> None:
    lines = said(write(tmp_path, WHOLE + SECOND + "    directorates: [118, 133]\n"))
    assert lines == [
        "kypek.yaml:20: kypeks.att-d.directorates.2: directorate 133 (ΔΕ ΑΘΗΝΑΣ Α΄) belongs to att-a already; "
        "one centre serves a directorate"
    ]


def test_two_centres_of_one_label_claim_the_same_pair(tmp_path: Path) -> None:
    keys = [(p.line, p.key) for p in problems(write(tmp_path, WHOLE + SECOND + "    label: att-a\n"))]
    assert keys == [(20, "kypeks.att-d.label")] * 2


def test_the_levels_of_one_label_may_have_a_centre_each(tmp_path: Path) -> None:
    file = write(
        tmp_path, WHOLE + SECOND + "    directorates: [133]\n", ("directory:", "directorates: [117]\n    directory:")
    )
    assert problems(file) == ()


def test_a_unit_belongs_to_one_centre(tmp_path: Path) -> None:
    file = write(
        tmp_path, WHOLE + SECOND + "    units: ['0501659']\n", ("directory:", "units: ['0501659']\n    directory:")
    )
    assert said(file) == [
        "kypek.yaml:21: kypeks.att-d.units.1: unit 0501659 belongs to att-a already; one centre serves a unit"
    ]


@pytest.mark.parametrize("name", ["ΕΚΦΕ", "ekfe a", "ekfe:a", "Ekfe", "-ekfe", "e" * 41])
def test_an_id_is_plain_because_it_travels_in_references(tmp_path: Path, name: str) -> None:
    line = only(changed(tmp_path, "      ekfe:", f"      '{name}':"))
    assert "a name here is made of small Latin letters" in line
    assert line.startswith(f"kypek.yaml:15: kypeks.att-a.structures.{name}:")


def test_an_installation_serves_at_least_one_centre(tmp_path: Path) -> None:
    text = WHOLE[: WHOLE.index("kypeks:")] + "kypeks: {}\n"
    assert only(write(tmp_path, text)).startswith("kypek.yaml:9: kypeks: names no centre")


def test_officers_are_logins(tmp_path: Path) -> None:
    lines = said(changed(tmp_path, "[Maria.P]", "[maria@sch.gr, Μαρία Παππά, maria]"))
    assert [line.split(": ")[1] for line in lines] == [
        "kypeks.att-a.structures.ekfe.officers.1",
        "kypeks.att-a.structures.ekfe.officers.2",
    ]


@pytest.mark.parametrize("mail", ["kypek", "a@b@c", "Κέντρο <info@example.gr>"])
def test_the_mail_of_a_centre_is_one_address(tmp_path: Path, mail: str) -> None:
    assert "must be one e-mail address" in only(changed(tmp_path, "directory:", f"mail: '{mail}'\n    directory:"))


# ------------------------------------------------------------------------------------------------ addresses, dates


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://kypek.att-a.sch.gr", "must begin with https"),
        ("kypek.att-a.sch.gr", "must be an address"),
        ("ftp://kypek.att-a.sch.gr", "must be an address"),
        ("https://", "must be an address"),
        ("https://me:you@kypek.att-a.sch.gr", "must be an address"),
        ("https://kypek.att-a.sch.gr?x=1", "must be an address"),
        ("http://[::1", "must be an address"),
        ("http://127.0.0.1:port", "must be an address"),
    ],
)
def test_people_reach_the_pages_over_https(tmp_path: Path, address: str, expected: str) -> None:
    assert expected in only(write(tmp_path, WHOLE + f"public_address: '{address}'\n"))


@pytest.mark.parametrize(
    "address", ["https://kypek.att-a.sch.gr", "http://localhost:8080", "http://[::1]:80", "http://127.1.2.3"]
)
def test_https_or_this_computer_is_fine(tmp_path: Path, address: str) -> None:
    assert problems(write(tmp_path, WHOLE + f"public_address: '{address}'\n")) == ()


@pytest.mark.parametrize("switch", ["true", "yes", "'on'", "1"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "kypek.att-a.sch.gr", "192.168.1.5"])
def test_signing_in_without_a_password_needs_a_loopback_host(tmp_path: Path, host: str, switch: str) -> None:
    file = write(tmp_path, WHOLE + f"web: {{host: '{host}', development_sign_in: {switch}}}\n")
    assert "signs anybody in, so it needs host 127.0.0.1" in only(file)


def test_signing_in_without_a_password_is_not_for_a_public_address(tmp_path: Path) -> None:
    """A web server in front of a loopback host would open it to everybody."""
    file = write(tmp_path, WHOLE + "public_address: https://k.example.gr\nweb: {development_sign_in: true}\n")
    assert "signs anybody in, so public_address must be this computer" in only(file)


def test_signing_in_without_a_password_works_on_loopback(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        file = write(tmp_path, WHOLE + f"web: {{host: '{host}', development_sign_in: true}}\n")
        assert load(file, environ=ENVIRON).settings.web.development_sign_in


def test_a_school_year_spans_two_years_in_a_row(tmp_path: Path) -> None:
    assert "spans two years in a row" in only(changed(tmp_path, "2026-2027", "2026-2028"))


def test_announced_periods_run_forwards_and_apart(tmp_path: Path) -> None:
    periods = (
        "announced_periods:\n"
        "  - {starts: 2027-06-20, ends: 2027-08-31, limits: {per_run: 500}}\n"
        "  - {starts: 2027-08-31, ends: 2027-09-05, limits: {}}\n"
        "  - {starts: 2027-12-02, ends: 2027-12-01, limits: {}}\n"
    )
    assert [(p.line, p.key, p.text.split(";")[0]) for p in problems(write(tmp_path, WHOLE + periods))] == [
        (20, "announced_periods.2.starts", "overlaps the period of line 19"),
        (21, "announced_periods.3.ends", "is before `starts`"),
    ]


# ------------------------------------------------------------------------------------------------ the ledger


def test_a_ledger_file_starts_at_the_folder_of_the_settings(tmp_path: Path) -> None:
    assert ledger_address("sqlite:///var/kypek.db", tmp_path) == f"sqlite:///{tmp_path}/var/kypek.db"
    assert ledger_address("sqlite:////var/lib/kypek.db", tmp_path) == "sqlite:////var/lib/kypek.db"


def test_postgresql_gets_its_driver_and_its_password(tmp_path: Path) -> None:
    file = write(tmp_path, WHOLE + "ledger: postgresql://kypek@db/kypek\nledger_password: env:PASSWORD\n")
    loaded = load(file, environ={**ENVIRON, "PASSWORD": "p@ss/w:rd"})
    assert loaded.ledger_address == "postgresql+psycopg://kypek:p%40ss%2Fw%3Ard@db/kypek"
    assert "p@ss" not in repr(loaded)
    assert ledger_address("postgresql:///kypek", tmp_path) == "postgresql+psycopg:///kypek"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("kypek.db", "must be sqlite:///FILE"),
        ("mysql://kypek@db/kypek", "other databases are not supported"),
        ("sqlite://kypek.db", "three slashes"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://kypek@db", "names no database"),
        ("postgresql://kypek:hunter2@db/kypek", "holds a password"),
        ("postgresql://kypek@db/kypek?password=hunter2", "holds a password"),
    ],
)
def test_any_other_ledger_is_refused(tmp_path: Path, written: str, expected: str) -> None:
    with pytest.raises(LedgerAddressError, match=expected):
        ledger_address(written, tmp_path)
    line = only(write(tmp_path, WHOLE + f"ledger: '{written}'\n"))
    assert line.startswith("kypek.yaml:18: ledger: ")
    assert "hunter2" not in line
