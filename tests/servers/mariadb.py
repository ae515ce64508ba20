"""A real MariaDB for the tests: started on a free loopback port in a temporary folder, stopped by its PID."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pymysql

DAEMON = Path("/usr/sbin/mariadbd")
SYSTEM_TABLES = tuple(
    Path("/usr/share/mysql") / name
    for name in ("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql")
)
HINT = "MariaDB is not installed. Run: make servers   (apt-get install -y --no-install-recommends mariadb-server-core)"
ROOT = "root"
ROOT_PASSWORD = "the administrator of the test server"

_QUICK = (
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=8M",
    "--innodb-log-file-size=4M",
    "--key-buffer-size=1M",
    "--performance-schema=OFF",
    "--skip-name-resolve",
    "--max-connections=40",
)


@dataclass
class MariaDb:
    """A running server: its port on 127.0.0.1 and the process."""

    port: int
    process: subprocess.Popen[bytes]

    def administrator(self, database: str = "") -> pymysql.Connection:
        """A connection that may do everything; the caller closes it."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=ROOT,
            password=ROOT_PASSWORD,
            database=database or None,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=10,
            ssl_disabled=True,
        )

    def run(self, *statements: str, database: str = "") -> None:
        """Run statements one after the other as administrator."""
        connection = self.administrator(database)
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()

    def url(self, user: str, password: str, database: str, port: int = 0) -> str:
        """What the setting `database_url` holds; `port`: of somebody who stands in between."""
        return f"mysql+pymysql://{user}:{password}@127.0.0.1:{port or self.port}/{database}"

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server does nothing at all for a while."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def running(*options: str) -> Iterator[MariaDb]:
    """A server without a database of ours. It does not run as root, so then `nobody` runs it. `options` are further
    options of mariadbd."""
    if not DAEMON.exists():
        raise RuntimeError(HINT)
    user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="kypek-maria-"))
    data = folder / "data"
    data.mkdir()
    if os.getuid() == 0:
        for one in (folder, data):
            shutil.chown(one, user)
    try:
        settled = ["--no-defaults", f"--datadir={data}", f"--user={user}", f"--tmpdir={folder}", *_QUICK]
        _bootstrap([DAEMON, *settled], data, user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    DAEMON,
                    *settled,
                    "--bind-address=127.0.0.1",
                    f"--port={port}",
                    f"--socket={folder / 'socket'}",
                    f"--pid-file={folder / 'pid'}",
                    *options,
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=folder,
            )
        try:
            _wait(process, folder, port)
            _set_password(folder)
            yield MariaDb(port, process)
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()  # nothing of it is kept, so nothing has to be flushed
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bootstrap(daemon: list[str | Path], data: Path, user: str) -> None:
    """Make the system's own tables, as `mariadb-install-db` does, which wants more packages."""
    (data / "mysql").mkdir()
    if os.getuid() == 0:
        shutil.chown(data / "mysql", user)
    words = "use mysql;\nSET @auth_root_socket = NULL;\n" + "\n".join(file.read_text("utf-8") for file in SYSTEM_TABLES)
    subprocess.run([*daemon, "--bootstrap"], input=words.encode(), check=True, capture_output=True)


def _wait(process: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    end = time.monotonic() + 30
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2):
            return
        if process.poll() is not None or time.monotonic() > end:
            said = (folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"MariaDB did not start within 30 s:\n{said}")
        time.sleep(0.05)  # a condition waited for, not a time


def _set_password(folder: Path) -> None:
    connection = pymysql.connect(unix_socket=str(folder / "socket"), user=ROOT)
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE OR REPLACE USER 'root'@'127.0.0.1' IDENTIFIED BY %s", (ROOT_PASSWORD,))
            cursor.execute("GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION")
    finally:
        connection.close()
