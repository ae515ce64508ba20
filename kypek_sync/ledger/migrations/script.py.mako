"""${message}"""

import sqlalchemy as sa
from alembic import op

from kypek_sync.ledger.columns import Moment

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    ${upgrades if upgrades else "pass"}
