"""For every test."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.quick_ledgers import quick_ledgers

settings.register_profile("mutants", max_examples=25, derandomize=True, database=None, deadline=None)
settings.register_profile("usual", deadline=None)  # how long an example takes is for `make bench`, not for a test
if "MUTANT_UNDER_TEST" in os.environ:
    settings.load_profile("mutants")  # `make mutants`: the same few examples for each of a thousand mutants
else:
    settings.load_profile("usual")

WHOLE = frozenset({"centre", "both"})
"""Fixtures that start whole simulated services: who uses one makes whole passes, which take a second or more."""
MAIN_JOB = "tests/sync/test_main_job.py"
"""The one part of them that `make check` tries too."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests on whole centres as slow."""
    for item in items:
        if isinstance(item, pytest.Function) and WHOLE & set(item.fixturenames) and MAIN_JOB not in item.nodeid:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Ten thousand collected tests stay to the end: no search for garbage need look at them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def ledgers_quickly_made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each process of the tests runs the migrations once."""
    with quick_ledgers(tmp_path_factory.mktemp("ledger")):
        yield


@pytest.fixture(autouse=True)
def logging_of_its_own() -> Iterator[None]:
    """A command that a test runs sets up logging for its process: the next test starts without that."""
    yield
    structlog.reset_defaults()
