"""Two KYPEKs that share one directory on a real server, and a clock that goes on from now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kypek_sync.ledger import cursors
from kypek_sync.ledger.cursors import Standing
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from tests.ledger import whole_directory
from tests.servers.slapd import Slapd


@dataclass
class GoingOn:
    """The present moment, and what it was turned by."""

    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@dataclass
class Country:
    """The installation over one server. `said` are more keys of the directory's connector."""

    folder: Path
    server: Slapd
    clock: GoingOn = field(default_factory=GoingOn)
    said: str = ""
    rules: str = ""

    def write(self) -> None:
        for name, text in (("password", str(self.server.settings["password"])), ("identity", "an invented key for it")):
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o600)
        words = {**self.server.settings, "password": "file:password"}
        keys = "".join(f"    {key}: {value}\n" for key, value in words.items())
        kypeks = "".join(f"  {one}: {{name: ΚΥΠΕΚ, directory: sch}}\n" for one in ("att-a", "att-g"))
        (self.folder / "kypek.yaml").write_text(
            "school_year: 2026-2027\nledger: sqlite:///kypek.db\nidentity_key: file:identity\n"
            f"connectors:\n  sch:\n    type: ldap\n{keys}{self.said}kypeks:\n{kypeks}{self.rules}",
            encoding="utf-8",
        )

    def open(self) -> Installation:
        self.write()
        return Installation.open(self.folder / "kypek.yaml", self.clock)

    def sync(self, kypek: str = "att-a", *, minutes: float = 5, dry: bool = False, by_hand: bool = False) -> LaneReport:
        """A pass of the directory lane by a process of its own, some minutes later."""
        self.clock.by += timedelta(minutes=minutes)
        with self.open() as inst:
            return run_lane(inst, kypek, "directory", dry=dry, by_hand=by_hand)

    def standing(self) -> Standing:
        with self.open() as inst, inst.ledger.begin(keep=False) as connection:
            return cursors.standing(connection, "sch")

    def known(self) -> dict[str, str]:
        """Everybody by login: `there`, `leaving` or `gone`."""
        with self.open() as inst, inst.ledger.begin(keep=False) as connection:
            return {
                one.person.login: "gone" if one.gone_at else "leaving" if one.leaving_since else "there"
                for one in whole_directory.everybody(connection, "sch").values()
            }

    def mail(self, login: str) -> str:
        with self.open() as inst, inst.ledger.begin(keep=False) as connection:
            every = whole_directory.everybody(connection, "sch").values()
            return next(one.person.mail for one in every if one.person.login == login)
