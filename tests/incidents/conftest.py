"""One school network for each story, and the real servers under it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.incidents.school")

from tests.incidents.school import School, open_school  # noqa: E402 (its assertions are rewritten first)
from tests.servers.slapd import MakeSlapd, certificates, make_slapd  # noqa: E402

__all__ = ["certificates", "make_slapd"]


@pytest.fixture
def school(tmp_path: Path, make_slapd: MakeSlapd) -> Iterator[School]:
    """Nothing was synced yet."""
    with open_school(tmp_path, make_slapd) as it:
        yield it
        it.slapd.stop()
