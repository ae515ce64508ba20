"""What every connector of one role must keep. A platform subclasses the suite of its role with a fixture."""

import pytest

pytest.register_assert_rewrite(
    "tests.contracts.courses",
    "tests.contracts.courses_reading",
    "tests.contracts.courses_writing",
    "tests.contracts.directory",
)
