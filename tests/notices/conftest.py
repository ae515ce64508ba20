"""Sessions around the days on which the clocks of Greece change."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.notices.calendars")
