"""The directory at national size: words to find people by, what changed of them, narrow indexes"""

import json
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from kypek_sync.ledger.columns import Moment
from kypek_sync.ledger.search_words import joined

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("search", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("digest", sa.LargeBinary(length=16), nullable=True))
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("search", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("digest", sa.LargeBinary(length=16), nullable=True))
    with op.batch_alter_table("person_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until", Moment(), nullable=True))
        batch_op.add_column(sa.Column("disputed", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("loose", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("reads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("good_proven", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("breakers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", Moment(), nullable=True))
    op.execute("UPDATE findings SET loose = true")  # until the next read says of which entry each is
    op.create_table(
        "person_units",
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=400), nullable=False),
        sa.Column("directory", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_person_units_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "unit", name=op.f("pk_person_units")),
    )
    op.create_table(
        "person_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directory", sa.String(length=200), server_default="", nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("field", sa.String(length=32), server_default="", nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_person_changes_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_changes")),
    )
    _fill_search("people", ("id",), _person_words)
    _fill_search("units", ("directory", "id"), _unit_words)
    _fill_person_units()
    op.create_index("ix_people_search", "people", ["directory", "search"])
    op.create_index("ix_people_digest", "people", ["directory", "digest", "login"])
    op.create_index("ix_person_units_unit", "person_units", ["directory", "unit"])
    op.create_index("ix_people_absent", "people", ["directory", "absent_since", "gone_at", "kind"])
    op.create_index("ix_person_keys_person", "person_keys", ["person"])
    op.create_index("ix_person_changes_person", "person_changes", ["person", "at"])
    op.create_table(
        "register_units",
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("code", sa.String(length=64), server_default="", nullable=False),
        sa.Column("directorate", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=300), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("system", "id", name=op.f("pk_register_units")),
    )
    op.create_table(
        "register_directorates",
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("code", sa.String(length=64), server_default="", nullable=False),
        sa.Column("label", sa.String(length=64), server_default="", nullable=False),
        sa.Column("level", sa.String(length=8), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("system", "id", name=op.f("pk_register_directorates")),
    )
    op.create_table(
        "placed",
        sa.Column("directory", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("directory", name=op.f("pk_placed")),
    )
    op.create_table(
        "cursors",
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("how", sa.String(length=16), server_default="", nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("full_at", Moment(), nullable=True),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("healed_at", Moment(), nullable=True),
        sa.Column("refused_at", Moment(), nullable=True),
        sa.Column("refused_since", Moment(), nullable=True),
        sa.Column("behind", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("system", "scope", name=op.f("pk_cursors")),
    )
    op.create_table(
        "identity_decisions",
        sa.Column("directory", sa.String(length=200), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=32), server_default="", nullable=False),
        sa.Column("verdict", sa.String(length=8), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(length=200), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("directory", "login", name=op.f("pk_identity_decisions")),
    )
    op.create_table(
        "todos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kypek", sa.String(length=64), server_default="", nullable=False),
        sa.Column("system", sa.String(length=200), server_default="", nullable=False),
        sa.Column("seminar", sa.String(length=64), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=32), server_default="", nullable=False),
        sa.Column("login", sa.String(length=200), server_default="", nullable=False),
        sa.Column("digest", sa.String(length=32), server_default="", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("opened", Moment(), nullable=False),
        sa.Column("closed", Moment(), nullable=True),
        sa.Column("how", sa.String(length=8), server_default="", nullable=False),
        sa.Column("closed_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("told", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_todos")),
        sa.UniqueConstraint("kypek", "system", "seminar", "kind", "login", name="uq_todos_what"),
    )


def _fill_search(name: str, keys: tuple[str, ...], words: Callable[[Any], Iterable[str]]) -> None:
    """Give every row that is there the words by which it is found."""
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
    columns = [table.c[key] for key in keys]
    where = sa.and_(*(column == sa.bindparam(f"its_{column.name}") for column in columns))
    change = sa.update(table).where(where).values(search=sa.bindparam("words"))
    rows = op.get_bind().execute(sa.select(*columns, table.c.body)).all()
    if rows:
        filled = [{f"its_{key}": getattr(r, key) for key in keys} | {"words": joined(words(_body(r)))} for r in rows]
        op.get_bind().execute(change, filled)


def _fill_person_units() -> None:
    """Say of everybody who is there where they serve."""
    tables = sa.MetaData()
    people = sa.Table("people", tables, autoload_with=op.get_bind())
    person_units = sa.Table("person_units", tables, autoload_with=op.get_bind())
    rows = [
        {"person": row.id, "unit": unit, "directory": row.directory}
        for row in op.get_bind().execute(sa.select(people.c.id, people.c.directory, people.c.body)).all()
        for unit in sorted(set(_body(row).get("units", ())))
    ]
    if rows:
        op.bulk_insert(person_units, rows)


def _body(row: Any) -> dict[str, Any]:
    body = json.loads(row.body) if isinstance(row.body, str) else row.body
    return body if isinstance(body, dict) else {}


def _person_words(body: dict[str, Any]) -> Iterable[str]:
    single = (body.get(key, "") for key in ("surname", "given_name", "login"))
    return (*single, *body.get("specialties", ()))


def _unit_words(body: dict[str, Any]) -> Iterable[str]:
    return (body.get(key, "") for key in ("name", "code", "registry_code", "directorate"))
