"""A directory that changes under a reader: what it did, and what the reader knows of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.ldap import LdapDirectory
from kypek_sync.contract import Gathered, PeopleDelta
from kypek_sync.model import Person
from tests.contracts.directory_people import PEOPLE, person, tree
from tests.servers.slapd import BASE, Slapd

LATER = datetime.now(UTC) + timedelta(minutes=1)
"""A clock that is not behind the server's."""


def crowd(count: int) -> str:
    """A directory with that many teachers, `t0000`, `t0001`, …"""
    return tree(*(person(f"t{number:04}", employeeNumber=f"{600000 + number}") for number in range(count)))


def modify(server: Slapd, login: str, mail: str = "new@sch.example") -> None:
    server.change(f"dn: uid={login},{PEOPLE}\nchangetype: modify\nreplace: mail\nmail: {mail}\n")


def remove(server: Slapd, *logins: str) -> None:
    server.change("\n".join(f"dn: uid={login},{PEOPLE}\nchangetype: delete\n" for login in logins))


def add(server: Slapd, login: str) -> None:
    entry = person(login, employeeNumber="999001").strip()
    lines = [one for one in entry.splitlines() if one.split(":")[0] not in ("entryUUID", "modifyTimestamp")]
    server.change("\n".join([lines[0], "changetype: add", *lines[1:]]) + "\n")


def rename(server: Slapd, login: str, new: str) -> None:
    server.change(f"dn: uid={login},{PEOPLE}\nchangetype: modrdn\nnewrdn: uid={new}\ndeleteoldrdn: 1\n")


def move_away(server: Slapd, login: str) -> None:
    words = f"newrdn: uid={login}\ndeleteoldrdn: 1\nnewsuperior: ou=services,{BASE}\n"
    server.change(f"dn: uid={login},{PEOPLE}\nchangetype: modrdn\n{words}")


class Reader:
    """Reads all, then what changed, and keeps what it learnt as the engine would."""

    def __init__(self, directory: LdapDirectory) -> None:
        self.people: dict[str, Person] = {}
        self.cursor = ""
        self.asked = 0
        self.all(directory)

    def all(self, directory: LdapDirectory) -> None:
        kept: Gathered[Person] = Gathered()
        reading = directory.read_people(kept)
        assert reading.complete
        self.people = {one.login: one for one in kept.items}
        self.cursor = reading.cursor

    def delta(self, directory: LdapDirectory) -> tuple[PeopleDelta, list[str]]:
        """The delta, and the logins of those whom it brought; nothing is learnt of one that was refused."""
        kept: Gathered[Person] = Gathered()
        delta = directory.people_since(self.cursor, kept, self.known)
        brought = sorted(one.login for one in kept.items)
        if delta.reset or delta.behind:
            return delta, brought
        for one in kept.items:
            mine = {key for key in one.keys if key.kind == "entry-uuid"}
            for old in [login for login, known in self.people.items() if mine & set(known.keys)]:
                del self.people[old]
            self.people[one.login] = one
        for key in delta.gone:
            for old in [login for login, known in self.people.items() if key in known.keys]:
                del self.people[old]
        self.cursor = delta.cursor
        return delta, brought

    def known(self) -> frozenset[str]:
        self.asked += 1
        return frozenset(self.people)
