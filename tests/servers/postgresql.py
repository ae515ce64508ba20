"""A real PostgreSQL for the tests: started on a free loopback port in a temporary folder, stopped by its PID."""

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
from contextlib import contextmanager
from pathlib import Path

HINT = "PostgreSQL is not installed. Run: make servers   (apt-get install -y --no-install-recommends postgresql)"


def programs() -> Path:
    """The folder of the newest PostgreSQL of Debian. Fails with what to install."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise RuntimeError(HINT)
    return found[-1].parent


@contextmanager
def running() -> Iterator[str]:
    """A server with an empty database; gives its URL. PostgreSQL refuses to run as root, so then `postgres` runs it."""
    bin_folder = programs()
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="kypek-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, user)
    run_as = {"user": user} if os.getuid() == 0 else {}
    data = folder / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        [
            bin_folder / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "kypek",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **run_as,  # type: ignore[call-overload]
    )
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
    server = subprocess.Popen(
        [bin_folder / "postgres", "-D", data, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **run_as,  # type: ignore[call-overload]
    )
    try:
        _wait(bin_folder, port)
        yield f"postgresql://kypek@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for nobody
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(bin_folder: Path, port: int) -> None:
    end = time.monotonic() + 30
    ready = [bin_folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "kypek"]
    while subprocess.run(ready, check=False).returncode != 0:
        if time.monotonic() > end:
            raise RuntimeError("PostgreSQL did not start within 30 s")
