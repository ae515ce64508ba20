"""The country's directory on a real slapd: everything read, compared and stored, beside ldapsearch in the same round.

Each pass runs in a process of its own (`directory_pass`), over the settings and the ledger of a whole installation, so
that time and memory are those of the daemon's lane. Rounds take turns: ldapsearch, python-ldap, ldapsearch, …
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from kypek_sync.sandbox.people import Directory as MadeUp
from tests.bench.figures import Figure
from tests.bench.measuring import seconds
from tests.bench.passes import COUNTRY, PART, ROUNDS, Passes, figure, own
from tests.servers.national import NationalSlapd
from tests.servers.slapd import BASE, PASSWORD, READER, make_certificates

CHANGED, DELETED = 100, 50
SOON = 5
"""So few that it does not, where reading the names of all takes long."""
LIBRARIES = ("python-ldap", "ldap3")
PEOPLE = f"ou=people,{BASE}"
ATTRIBUTES = (
    *("objectClass", "uid", "cn", "sn", "givenName", "mail", "l", "eduPersonOrgUnitDN", "umdObject", "accountStatus"),
    *("gsnBranch", "employeeNumber", "physicalDeliveryOfficeName", "entryUUID", "memberOf", "gsnUserRoleOn"),
)


@dataclass
class Bench(Passes):
    """A server, and an installation that reads it, in one folder."""

    server: NationalSlapd = field(kw_only=True)
    gone: int = 0
    victims: list[str] = field(default_factory=list)

    def write(self, library: str) -> None:
        """The settings, for one library."""
        keys = {"type": "ldap", "library": library, **self.server.settings, "password": "file:password", "timeout": 120}
        self.write_settings("sch", keys, PASSWORD)

    def ldapsearch(self, *words: str) -> float:
        """Seconds that ldapsearch needs for the same entries and attributes over the same encryption."""
        common = ["-x", "-LLL", "-ZZ", "-H", self.server.address, "-D", READER, "-w", PASSWORD, "-o", "ldif-wrap=no"]
        env = {**os.environ, "LDAPTLS_CACERT": str(self.server.certificates.ca)}

        def search(base: str) -> None:
            asked = ["ldapsearch", *common, *words, "-b", base, "(objectClass=*)", *ATTRIBUTES]
            subprocess.run(asked, env=env, stdout=subprocess.DEVNULL, check=True)

        return seconds(lambda: (search(PEOPLE), search(f"ou=units,{BASE}")))

    def change(self, changed: int, deleted: int) -> None:
        """Another address for some teachers, others taken out; nobody twice."""
        those, self.victims = self.victims[: changed + deleted], self.victims[changed + deleted :]
        records = [
            f"dn: uid={login},{PEOPLE}\nchangetype: modify\nreplace: mail\nmail: {login}.new@sch.example\n"
            for login in those[:changed]
        ]
        records += [f"dn: uid={login},{PEOPLE}\nchangetype: delete\n" for login in those[changed:]]
        self.server.change("\n".join(records))
        self.gone += deleted


def measure(argument: str) -> list[Figure]:
    """`argument` is the number of people; the units are as many as fit to it."""
    number = int(argument)
    units = max(60, number * 16 // 150)
    with TemporaryDirectory(prefix="kypek-bench-") as name:
        folder = Path(name)
        (folder / "slapd").mkdir()
        server = NationalSlapd(folder / "slapd", MadeUp(number, units), make_certificates(folder))
        loaded = seconds(server.load)
        server.start()
        try:
            bench = Bench(folder, number, server=server)
            bench.victims = [account.login for account in islice(server.made_up.teachers(), 100, 100 + number // 4)]
            figures = [Figure(PART, f"{number:,} people, {units:,} units: made and loaded by slapadd", loaded, "s")]
            return [*figures, *_on_server(bench)]
        finally:
            server.stop()


def _on_server(bench: Bench) -> list[Figure]:
    figures, national = [], bench.number >= COUNTRY
    for library in LIBRARIES:
        bench.write(library)
        before = bench.made_pass("whole", people=bench.number - bench.gone)  # also its cursor, where its deltas begin
        first = [before] if library == LIBRARIES[0] else []
        unpaged, paged, whole = [], [], []
        for _ in range(ROUNDS):
            unpaged.append(bench.ldapsearch())
            told = {"new people": 0, "changed people": 0}
            whole.append(bench.made_pass("whole", people=bench.number - bench.gone, **told))
            paged.append(bench.ldapsearch("-E", "pr=1000/noprompt"))
        least = median(unpaged)
        target = (3 * least if library == "python-ldap" else 45) if national else None
        bare = "ldapsearch, unpaged"
        if first:
            figures += [figure(f"  {library}: first load", first, None, least, bare)]
            figures += [Figure(PART, "  ldapsearch by pages of 1,000", median(paged), "s", None, least, bare)]
        figures += [figure(f"  {library}: full read, nothing changed", whole, target, least, bare)]
        figures += [own(whole)]
        figures += _changes(bench, library, national)
        memory = max(one["memory"] for one in (*first, *whole))
        figures.append(
            Figure(PART, f"  {library}: most memory of a full read", memory, "MB", 150 if national else None)
        )
    return figures


def _changes(bench: Bench, library: str, national: bool) -> list[Figure]:
    changed, deleted = min(CHANGED, bench.number // 100), min(DELETED, bench.number // 200)
    by_sync, told = library == "python-ldap", {"changed people": changed}
    took, soon = [], []
    for _ in range(ROUNDS):
        bench.change(changed, deleted)
        took.append(bench.made_pass("changes", leaving=bench.gone, **told))
        if not by_sync:
            bench.change(changed, deleted)
            soon.append(bench.made_pass("changes", SOON, **told))
    target = (0.3 if by_sync else 2) if national else None
    label = f"  {library}: {changed} changes and {deleted} deletions"
    if by_sync:
        return [figure(f"{label} (syncrepl)", took, target), own(took)]
    figures = [figure(f"{label} (modifyTimestamp, names of all)", took, target), own(took)]
    return [*figures, figure(f"{label} (modifyTimestamp, between)", soon, target), own(soon)]
