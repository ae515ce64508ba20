"""Where the kill test happens: one sandbox, made once and copied before anything happened, so that the disturbed and
the undisturbed run begin with the same servers, people, keys and moments."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kypek_sync.sandbox.people import Directory
from kypek_sync.sandbox.scenario import STRANGERS, Cast
from kypek_sync.sandbox.scenario.plans import Audience
from kypek_sync.sandbox.start import Sandbox, start
from kypek_sync.settings import load

PEOPLE, UNITS, SEMINARS = 150, 20, 6
MOST_SEMINARS = 24
"""In the programme that keeps changing."""
STRUCTURE, PREFIX = "dokimes", "DOK-26"
"""A structure of our own besides those of the sandbox; its programme is the one that keeps changing."""
HELPDESKS = ("rt", "soap")
_INTERVALS = """\
intervals:
  directory: 1 second
  seats: 1 second
  courses: 1 second
  rooms: 1 second
  tickets: 1 second
  mail: 1 second
"""
_STRUCTURE = """\
      {id}:
        name: Δομή δοκιμών
        officers: [{officer}]
        programme: programmes/{id}.yaml
        categories:
          eclass: "11"
          moodle: "{category}"

directory_rules:
  whole_every: 1 second"""


@dataclass(frozen=True)
class Place:
    """A sandbox at rest in `folder`. `began` is the moment of its scenario; `people` may apply on both platforms,
    `eclass_only` have no account on Moodle, `strangers` are unknown to the directory; each of the `trainers` has
    a seminar."""

    folder: Path
    began: datetime
    helpdesk: str
    seed: int
    people: tuple[str, ...]
    eclass_only: tuple[str, ...]
    strangers: tuple[str, ...]
    trainers: tuple[str, ...]
    adopted: tuple[str, ...]

    @property
    def settings(self) -> Path:
        """Its settings file."""
        return self.folder / "kypek.yaml"

    @property
    def ledger(self) -> Path:
        """The ledger, once somebody opened it."""
        return self.folder / "kypek.db"

    @property
    def programme(self) -> Path:
        """The programme that keeps changing."""
        return self.folder / "programmes" / f"{STRUCTURE}.yaml"

    def copied(self, folder: Path) -> Place:
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return Place(**{**{name: getattr(self, name) for name in self.__dataclass_fields__}, "folder": folder})

    @contextmanager
    def running(self) -> Iterator[Sandbox]:
        """The simulators, on the ports that the settings name."""
        with start(self.folder, now=lambda: datetime.now(UTC)) as sandbox:
            yield sandbox


def prepare(folder: Path, seed: int, helpdesk: str) -> Place:
    """A new sandbox: eClass with Moodle as mirror, BigBlueButton, this helpdesk, mail; lanes that never rest."""
    began = datetime.now(UTC).replace(microsecond=0)
    with start(folder, people=PEOPLE, units=UNITS, seminars=SEMINARS, seed=seed, now=lambda: began) as sandbox:
        on_moodle = {user.username for user in sandbox.worlds.moodle.users()}
        on_eclass = {user.username for user in sandbox.worlds.eclass.users()}
        registration = sandbox.memory.registration
        category = next(c.category for c in sandbox.worlds.moodle.courses() if str(c.id) in registration["moodle"])
    cast = Cast(list(Directory(PEOPLE, UNITS, seed, began).accounts()), seed)
    fitting = [a.login for a in cast.suitable(Audience(), cast.officials) if a.mail and a.login in on_eclass]
    everywhere = [login for login in fitting if login in on_moodle]
    _settle(folder / "kypek.yaml", helpdesk, cast.officer(0), str(category))
    load(folder / "kypek.yaml")
    return Place(
        folder=folder,
        began=began,
        helpdesk=helpdesk,
        seed=seed,
        people=tuple(everywhere[MOST_SEMINARS:]),
        eclass_only=tuple(login for login in fitting if login not in on_moodle)[:4],
        strangers=tuple(stranger.login for stranger in STRANGERS),
        trainers=tuple(everywhere[:MOST_SEMINARS]),
        adopted=tuple(f"eclass/{code}" for code in registration["eclass"])
        + tuple(f"moodle/{number}" for number in registration["moodle"]),
    )


def _settle(file: Path, helpdesk: str, officer: str, category: str) -> None:
    """Short intervals, our structure, and the helpdesk that was asked for."""
    text = file.read_text("utf-8")
    text = re.sub(r"(?ms)^intervals:\n(  .*?\n)+", _INTERVALS, text)
    ours = _STRUCTURE.format(id=STRUCTURE, officer=officer, category=category)
    text = text.replace("\ndirectory_rules:", ours, 1)
    if helpdesk == "soap":
        head, commented, rest = re.split(r"(?m)^(  # soap:\n(?:  #   .*\n)+)", text)
        text = head + commented.replace("  # ", "  ") + rest.replace("    helpdesk: rt\n", "    helpdesk: soap\n")
    file.write_text(text, "utf-8")
