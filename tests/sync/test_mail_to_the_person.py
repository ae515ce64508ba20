"""A notice is for a person, whatever their login is called and whoever holds it by now (design, rule 12)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from kypek_sync.contract import Letter, Mail, Outcome, Receipt
from kypek_sync.language import speaker
from kypek_sync.ledger import open_ledger, outbox
from kypek_sync.ledger.outbox import Notice
from kypek_sync.model import Person, PersonKind
from kypek_sync.notices.delivery import deliver

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Post:
    """Takes every letter."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> Receipt:
        self.letters.append(letter)
        return Receipt(Outcome.DONE)


def person(login: str, mail: str) -> Person:
    return Person(login, "Ιωάννου", "Ελένη", mail, PersonKind.TEACHER)


def sent(folder: Path, notice: Notice, people: dict[str, Person]) -> list[str]:
    """The addresses that a delivery of this one notice writes to."""
    ledger, post = open_ledger("sqlite:///kypek.db", folder), Post()
    with ledger.begin() as connection:
        outbox.put(connection, notice, "kypek.example", NOW)
    deliver(ledger, "att-a", cast(Mail, post), people, speaker("el"), lambda: NOW, lambda: None)
    ledger.close()
    return [letter.to for letter in post.letters]


def notice(person: str) -> Notice:
    facts = (
        ("centre", "ΚΥΠΕΚ"),
        ("page", "https://kypek.example/s/X"),
        ("reason", ""),
        ("sessions", ""),
        ("title", "Χ"),
    )
    return Notice("att-a", person, "elioannou", "seat:X", 1, "seat-granted", facts)


def test_a_login_given_to_somebody_else_brings_them_nobodys_mail(tmp_path: Path) -> None:
    """The first one's seat was told to whoever had got the login since."""
    people = {"elioannou": person("elioannou", "new@sch.example"), "second": person("elioannou", "new@sch.example")}
    assert sent(tmp_path, notice("first"), people) == []


def test_a_renamed_person_gets_it_under_the_new_address(tmp_path: Path) -> None:
    renamed = person("eioannou2", "eioannou2@sch.example")
    assert sent(tmp_path, notice("first"), {"eioannou2": renamed, "first": renamed}) == ["eioannou2@sch.example"]


def test_somebody_not_in_the_directory_when_it_was_written_is_found_by_login(tmp_path: Path) -> None:
    found = person("elioannou", "elioannou@sch.example")
    assert sent(tmp_path, notice(""), {"elioannou": found, "first": found}) == ["elioannou@sch.example"]
