"""`python -m tests.mutants [MINUTES [guard|plan|seats …]]`: mutate in a copy of the tree, print the score and each
survivor.

0 when every survivor is known, 1 when there is a new one, 2 when the time was not enough or mutmut failed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.reading import Mutant, known, mutants

ROOT = Path(__file__).parents[2]
KNOWN = Path(__file__).parent / "known.txt"
COPIED = ("kypek_sync", "connectors", "tests", "pyproject.toml", "README.md", "LICENSE")
MINUTES = 30.0


def main(words: list[str]) -> int:
    """Mutate, count, compare."""
    minutes = float(words[0]) if words else MINUTES
    with TemporaryDirectory(prefix="kypek-mutants-") as folder:
        place = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, place / name)
        why = _mutate(place, minutes, words[1:])
        found = list(mutants(place / "mutants"))
    if why or not found:
        print(why or "mutmut made no mutants", file=sys.stderr)
    return max(_told(found), 2 if why or not found else 0)


def _mutate(place: Path, minutes: float, only: list[str]) -> str:
    """Run mutmut there on all modules or `only` some; why it did not come to its end, or an empty word."""
    command = [*_apart(), str(Path(sys.executable).parent / "mutmut"), "run", "--max-children", "2"]
    command += [f"*.{module}.*" for module in only]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=60 * minutes, check=False)
    except subprocess.TimeoutExpired:
        return f"Not done in {minutes:.0f} minutes; what was tried until then is counted."
    return "" if done.returncode == 0 else f"mutmut ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr}"


def _apart() -> list[str]:
    """Processes of its own where the system allows that: mutmut signals its children by number, and a number may long
    be somebody else's."""
    unshare = ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if shutil.which(unshare[0]) is None:
        return []
    return unshare if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode == 0 else []


def _told(found: list[Mutant]) -> int:
    """Print the score by file, and the survivors that nobody knows."""
    excused = known(KNOWN)
    for file in sorted({one.module for one in found}):
        counts = Counter(one.fate for one in found if one.module == file)
        tried = counts["caught"] + counts["survived"]
        score = 100 * counts["caught"] / tried if tried else 0
        print(f"{file}: {counts['caught']} of {tried} caught ({score:.1f} %), {counts['not tried']} not tried")
    alive = [one for one in found if one.fate == "survived"]
    new = [one for one in alive if one.line not in excused]
    gone = sorted(excused - {one.line for one in alive})
    print(f"{len(alive)} survived, {len(alive) - len(new)} of them known ({KNOWN.name})")
    for one in new:
        print(f"  new: {one.line}")
    if not [one for one in found if one.fate == "not tried"]:
        for line in gone:
            print(f"  is caught by now, take it out of {KNOWN.name}: {line}")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
