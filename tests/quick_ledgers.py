"""Ledgers for tests, made quickly: the migrations run once for each process and are copied, statements are compiled
once for all ledgers, and nothing waits for the disk.

What is proven stays the same: the copy is what the migrations made, and `open_ledger` still looks at its version. A
process that is killed loses nothing by `synchronous=OFF`; only a machine without power does, which no test plays.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from kypek_sync.ledger import open_ledger, store


@contextmanager
def quick_ledgers(folder: Path) -> Iterator[None]:
    """All ledgers that are opened in this process meanwhile; the one to copy is made in `folder`."""
    migrate, engine = store._migrate, store._engine
    first: dict[tuple[str, object], Engine] = {}

    def migrated(of: Engine) -> None:
        file = Path(of.url.database) if of.dialect.name == "sqlite" and of.url.database else None
        if file is not None and file.parent.is_dir() and not file.exists():
            copied(file)
        migrate(of)

    def copied(file: Path) -> None:
        part = file.with_name(f"{file.name}.{os.getpid()}-part")
        shutil.copyfile(folder / "kypek.db", part)
        with suppress(FileExistsError):  # another thread was quicker
            os.link(part, file)
        part.unlink()

    def made(url: str, beside: Path) -> tuple[Engine, str]:
        it, name = engine(url, beside)
        reads_json = it.dialect._json_deserializer
        one = first.setdefault((it.dialect.name, reads_json), it)  # a test may watch what is read
        it.dialect = it.pool._dialect = one.dialect  # compiled statements are kept by dialect
        it._compiled_cache = one._compiled_cache
        if it.dialect.name == "sqlite":
            event.listen(it, "connect", _no_waiting)
        return it, name

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_engine", made)
        open_ledger("sqlite:///kypek.db", folder).close()
        patch.setattr(store, "_migrate", migrated)
        yield


def _no_waiting(connection: object, record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
