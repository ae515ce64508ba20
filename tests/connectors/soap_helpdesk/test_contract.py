"""Both styles of SOAP keep what every helpdesk must keep."""

from __future__ import annotations

import pytest

from tests.connectors.soap_helpdesk.desks import Served
from tests.contracts.helpdesk import HelpdeskContract
from tests.contracts.helpdesk_desk import Desk


class TestMantisBT(HelpdeskContract):
    @pytest.fixture
    def desk(self, mantis: Served) -> Desk:
        return mantis.desk()


class TestDocumentLiteral(HelpdeskContract):
    @pytest.fixture
    def desk(self, plain: Served) -> Desk:
        return plain.desk()
