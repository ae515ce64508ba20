"""SMTP keeps what everything that sends mail must keep: over STARTTLS, with a login."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.smtp.simulated import Office, post_of
from tests.contracts.mail import MailContract, Post


class TestSmtp(MailContract):
    @pytest.fixture
    def post(self, protected: Office) -> Iterator[Post]:
        with post_of(protected) as post:
            yield post
