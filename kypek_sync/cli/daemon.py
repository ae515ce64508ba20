"""`run` and `web`: the daemon and the pages."""

from __future__ import annotations

import logging
import threading
from typing import Annotated

import structlog
import typer
import uvicorn

from kypek_sync.cli import context as shared
from kypek_sync.cli.context import Said
from kypek_sync.service.daemon import run_until_told
from kypek_sync.sync.installation import Installation
from kypek_sync.web.app import create_app

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
    shared.set_up_logging(logging.INFO)
    with its.installation() as inst:
        server = _server(inst) if with_pages else None
        thread = threading.Thread(target=server.run, name="web", daemon=True) if server else None
        if thread is not None:
            thread.start()
        run_until_told(inst)
        if server is not None and thread is not None:
            server.should_exit = True
            thread.join(timeout=5)


def web(context: typer.Context) -> None:
    """Serve the web pages until SIGTERM."""
    its = shared.of(context)
    shared.set_up_logging(logging.INFO)
    with its.installation() as inst:
        server = _server(inst)
        try:
            server.run()
        except SystemExit as error:
            place = f"{server.config.host}:{server.config.port}"
            raise Said(f"The pages cannot be served on {place}: is another program there? Set `web.port`.") from error


def _server(inst: Installation) -> uvicorn.Server:
    settings = inst.loaded.settings.web
    log.info("pages", address=f"http://{settings.host}:{settings.port}/")
    return uvicorn.Server(
        uvicorn.Config(
            create_app(inst),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            proxy_headers=False,  # forwarded headers are trusted only from configured proxies
            server_header=False,
        )
    )
