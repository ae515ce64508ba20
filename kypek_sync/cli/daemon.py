"""`run` and `web`: the daemon and the pages."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from contextlib import closing
from typing import Annotated

import structlog
import typer
import uvicorn

import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.system_words import os_word
from kypek_sync.service.daemon import run_until_told
from kypek_sync.sync.installation import Installation
from kypek_sync.web.app import create_app

GOOD_BYE = 5
"""Seconds that requests under way get at the stop."""

log = structlog.get_logger(__name__)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command()(run)
    app.command()(web)


def run(
    context: typer.Context,
    with_pages: Annotated[bool, typer.Option("--web", help="Serve the web pages too.")] = False,
) -> None:
    """Make passes at their intervals until SIGTERM. A second one on the same ledger waits and takes over."""
    its = shared.of(context)
    _log_lines()
    with its.installation() as inst:
        if with_pages:
            with closing(_listen(its, inst)) as port:
                server = _server(inst)
                thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, name="web", daemon=True)
                thread.start()
                ended = run_until_told(inst)
                server.should_exit = True
                thread.join(timeout=GOOD_BYE)
        else:
            ended = run_until_told(inst)
        if not ended:
            # A pass hangs in a foreign call. Its intent is in the ledger, so the next daemon looks what came of it.
            log.warning("a pass did not end in time; it is left to the next daemon")
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)


def web(context: typer.Context) -> None:
    """Serve the web pages until SIGTERM."""
    its = shared.of(context)
    _log_lines()
    with its.installation() as inst, closing(_listen(its, inst)) as port:
        server = _server(inst)
        # Its own handlers stand while it serves; afterwards it raises the signal again, which is no error here.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        server.run(sockets=[port])


class _ToOurLog(logging.Handler):
    """Hands on what libraries log, so that every line has one form."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line, with its trace where there is one."""
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def _log_lines() -> None:
    shared.set_up_logging(logging.INFO, by_hand=False)
    logging.basicConfig(handlers=[_ToOurLog()], level=logging.WARNING, force=True)


def _listen(its: Context, inst: Installation) -> socket.socket:
    """The port of the pages, taken before anything starts. Raises `Said` if it cannot be had."""
    settings = inst.loaded.settings.web
    try:
        port = socket.create_server((settings.host, settings.port), family=_family(settings.host))
    except OSError as error:
        raise Said(
            its.text(
                "The pages cannot be served on %(host)s:%(port)s (%(reason)s). Is another program there? "
                "See `web.host` and `web.port`.",
                host=settings.host,
                port=settings.port,
                reason=os_word(error, its.text),
            )
        ) from error
    log.info("pages", address=f"http://{settings.host}:{port.getsockname()[1]}/")
    return port


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _server(inst: Installation) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(inst),
            log_config=None,  # its lines take the form of ours
            access_log=False,
            lifespan="off",
            proxy_headers=False,  # forwarded headers are trusted only from configured proxies
            server_header=False,
            timeout_graceful_shutdown=GOOD_BYE,
        )
    )
