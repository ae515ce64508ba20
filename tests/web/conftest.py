"""The pages of the small centre, with the sandbox's sign-in switched on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync.sync.installation import Installation
from tests.sync.centre import Centre, open_centre
from tests.web.pages import Browser


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """Sign-in by typing a login."""
    it = open_centre(tmp_path)
    it.top = "web: {development_sign_in: true}\n"
    it.settings()
    yield it
    it.server.stop()


@pytest.fixture
def inst(centre: Centre) -> Iterator[Installation]:
    """Opened as a web process would open it."""
    with centre.installation() as it:
        yield it


@pytest.fixture
def visitor(inst: Installation) -> Browser:
    """Somebody at this very computer."""
    return Browser(inst)
