"""The suite for a real eClass works: it is run as an administrator would, on simulators that are served over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.connectors.eclass.simulated import TOKEN, Version, eclass
from tests.connectors.eclass.tables import Tables

ROOT = Path(__file__).parents[3]
SUITE = "tests/connectors/eclass/test_real.py"


def suite(only: str = "", **told: str) -> str:
    """What pytest says of the suite, or of the tests named so, with these variables and no others of ours."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("KYPEK_TEST_", "PYTEST_", "COV_"))}
    named = {f"KYPEK_TEST_ECLASS_{name}": value for name, value in told.items()}
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
        SUITE,
        *(["-k", only] if only else []),
    ]
    done = subprocess.run(words, cwd=ROOT, env=own | named, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode in (0, 5), done.stdout[-8000:]
    return done.stdout


def test_without_an_address_it_is_one_skipped_test_with_its_reason() -> None:
    said = suite()
    assert "1 skipped" in said
    assert "set KYPEK_TEST_ECLASS_URL, KYPEK_TEST_ECLASS_TOKEN" in said


@pytest.mark.slow
@pytest.mark.parametrize("version", ["older", "newer"])
def test_it_passes_by_the_api_alone_and_tells_what_it_left(tmp_path: Path, version: Version) -> None:
    with eclass(tmp_path, version) as server:
        said = suite(URL=server.running.address, TOKEN=TOKEN)
        assert re.search(r"\d{2} passed", said)
        assert "skipped" not in said
        made = server.world.courses()
        assert {course.public_code[:11] for course in made if course.public_code.startswith("kypek")} == {"kypek-test-"}
        assert sum(len(server.world.members(course.code)) for course in made) == 0
        left = re.search(r"neither: (\d+) courses", said)
        assert left is not None
        assert int(left[1]) == len(made)
        accounts = re.search(r"accounts ([a-z, ]+)\.", said)
        assert accounts is not None
        assert set(accounts[1].split(", ")) == {user.username for user in server.world.users()} - {"admin"}


@pytest.mark.slow
@pytest.mark.server("mariadb")
def test_it_passes_with_the_database_and_writes_nothing_there(tmp_path: Path, tables: Tables) -> None:
    with eclass(tmp_path, "older", tables) as server, tables.overheard() as statements:
        said = suite(URL=server.running.address, TOKEN=TOKEN, DB=tables.url.replace("mysql+pymysql", "mysql"))
    assert re.search(r"\d{2} passed", said)
    assert "skipped" not in said
    assert {one.split()[0].upper() for one in statements} <= {"SELECT", "SHOW", "SET", "START", "ROLLBACK", "COMMIT"}


def test_it_touches_nobody_whom_it_did_not_make(tmp_path: Path) -> None:
    with eclass(tmp_path, "newer") as server:
        server.platform.add_person("elioannou")
        (before,) = server.world.users()
        with pytest.raises(AssertionError, match="the account elioannou is not of this suite"):
            suite("inactive", URL=server.running.address, TOKEN=TOKEN)
        assert before in server.world.users()
