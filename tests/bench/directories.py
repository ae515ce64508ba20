"""The country's directory on a real slapd: everything read, compared and stored, beside ldapsearch in the same round.

Each pass runs in a process of its own (`directory_pass`), over the settings and the ledger of a whole installation, so
that time and memory are those of the daemon's lane. Rounds take turns: ldapsearch, python-ldap, ldapsearch, …
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from kypek_sync.sandbox.people import Directory as MadeUp
from tests.bench.figures import Figure
from tests.bench.jobs import ROOT
from tests.bench.measuring import seconds
from tests.servers.national import NationalSlapd
from tests.servers.slapd import BASE, PASSWORD, READER, make_certificates

PART = "directory"
ROUNDS = 3
COUNTRY = 150_000
CHANGED, DELETED = 100, 50
APART = 40
"""Minutes of the clock between two passes: so many that each delta by modifyTimestamp looks for who is gone too."""
SOON = 5
"""So few that it does not, where reading the names of all takes long."""
LIBRARIES = ("python-ldap", "ldap3")
PEOPLE = f"ou=people,{BASE}"
ATTRIBUTES = (
    *("objectClass", "uid", "cn", "sn", "givenName", "mail", "l", "eduPersonOrgUnitDN", "umdObject", "accountStatus"),
    *("gsnBranch", "employeeNumber", "physicalDeliveryOfficeName", "entryUUID", "memberOf", "gsnUserRoleOn"),
)


@dataclass
class Bench:
    """A server, and an installation that reads it, in one folder. `minutes` is how far its clock is ahead: each pass is
    some minutes after the last."""

    folder: Path
    server: NationalSlapd
    number: int
    minutes: int = 0
    gone: int = 0
    victims: list[str] = field(default_factory=list)

    def write(self, library: str) -> None:
        """The settings, for one library (`ldif`: an export instead of the server)."""
        for name, text in (("password", PASSWORD), ("identity", "an invented key for it")):
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o600)
        if library == "ldif":
            keys: dict[str, object] = {"type": "ldif", "file": str(self.server.ldif)}
        else:
            keys = {"type": "ldap", "library": library, **self.server.settings, "password": "file:password"}
            keys["timeout"] = 120
        lines = "".join(f"    {key}: {value}\n" for key, value in keys.items())
        name = "export" if library == "ldif" else "sch"
        (self.folder / "kypek.yaml").write_text(
            f"school_year: 2026-2027\nledger: sqlite:///{name}.db\nidentity_key: file:identity\n"
            f"connectors:\n  {name}:\n{lines}kypeks:\n  att-a: {{name: ΚΥΠΕΚ, directory: {name}}}\n",
            encoding="utf-8",
        )

    def made_pass(self, how: str, apart: int = APART, **counts: int) -> dict[str, Any]:
        """One pass in a process of its own, which must have told these `counts`: a quick pass that saw little would be
        no figure."""
        self.minutes += apart
        words = [sys.executable, "-m", "tests.bench.directory_pass", str(self.folder), str(self.minutes), how]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or ["the pass ended without a word"])[-1])
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        print(f"{how}: {told['seconds']:.1f} s, {told['cpu']:.1f} s own, {told['memory']:.0f} MB", file=sys.stderr)
        if told["problems"]:
            raise RuntimeError(f"the pass told of a problem: {told['problems'][0]}")
        if wrong := {name: told["counts"].get(name) for name in counts if told["counts"].get(name) != counts[name]}:
            raise RuntimeError(f"the pass told {wrong} and not {counts}")
        return told

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
            bench = Bench(folder, server, number)
            bench.victims = [account.login for account in islice(server.made_up.teachers(), 100, 100 + number // 4)]
            figures = [Figure(PART, f"{number:,} people, {units:,} units: made and loaded by slapadd", loaded, "s")]
            return [*figures, *_on_server(bench), *_on_export(bench)]
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
            figures += [_figure(f"  {library}: first load", first, None, least, bare)]
            figures += [Figure(PART, "  ldapsearch by pages of 1,000", median(paged), "s", None, least, bare)]
        figures += [_figure(f"  {library}: full read, nothing changed", whole, target, least, bare)]
        figures += [_own(whole)]
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
        return [_figure(f"{label} (syncrepl)", took, target), _own(took)]
    figures = [_figure(f"{label} (modifyTimestamp, names of all)", took, target), _own(took)]
    return [*figures, _figure(f"{label} (modifyTimestamp, between)", soon, target), _own(soon)]


def _on_export(bench: Bench) -> list[Figure]:
    """The same people from the LDIF file, as a directory of its own."""
    bench.write("ldif")
    first = bench.made_pass("whole", people=bench.number)
    told = {"new people": 0, "changed people": 0}
    again = [bench.made_pass("whole", people=bench.number, **told) for _ in range(ROUNDS)]
    memory = max(one["memory"] for one in (first, *again))
    target = 150 if bench.number >= COUNTRY else None
    return [
        _figure("  LDIF export: first load", [first]),
        _figure("  LDIF export: full read, nothing changed", again),
        Figure(PART, "  LDIF export: most memory", memory, "MB", target),
    ]


def _own(passes: Sequence[dict[str, Any]]) -> Figure:
    """What the pass itself used of the processor, however busy the machine and the server are."""
    return Figure(PART, "    of it our own work", median(one["cpu"] for one in passes), "s")


def _figure(
    what: str, passes: Sequence[dict[str, Any]], target: float | None = None, limit: float | None = None, is_: str = ""
) -> Figure:
    return Figure(PART, what, median(one["seconds"] for one in passes), "s", target, limit, is_)
