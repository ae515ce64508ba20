"""`sandbox`: simulated servers and a ready installation in one folder. `sandbox fault` and `sandbox lift` steer one."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import requests
import typer

import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.system_words import os_word
from kypek_sync.language import Text

if TYPE_CHECKING:
    from kypek_sync.sandbox.faults import UnknownFault
    from kypek_sync.sandbox.start import Sandbox

sandbox = typer.Typer(help="Simulated servers of a centre, to try things on.", invoke_without_command=True)

MEMORY = "sandbox.json"
DOOR_SECONDS = 10
EXTRA = ("werkzeug", "aiosmtpd", "lxml")
"""Packages of the extra `sandbox`."""

Folder = Annotated[Path, typer.Option("--dir", help="The sandbox's folder.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(sandbox, name="sandbox")


@sandbox.callback()
def start_one(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option("--dir", help="Folder for everything; used again next time.")] = None,
    people: Annotated[int, typer.Option("--people", min=1, help="People in the directory.")] = 400,
    units: Annotated[int, typer.Option("--units", min=1, help="Schools and offices.")] = 60,
    seminars: Annotated[int, typer.Option("--seminars", min=1, help="Seminars in the programmes.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same sandbox.")] = 1,
    fault: Annotated[
        list[str] | None, typer.Option("--fault", help="SYSTEM:FAULT[=VALUE][@WHEN]; may be repeated.")
    ] = None,
) -> None:
    """Start one, print where everything is, and run until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    if folder is None:
        raise typer.BadParameter(shared.of(context).text("say where: --dir FOLDER"), param_hint="--dir")
    its = shared.of(context)
    with (
        told_to_stop() as stopped,
        running(its, folder, people=people, units=units, seminars=seminars, seed=seed, faults=fault or ()) as started,
    ):
        show_addresses(its, started)
        its.out.print(its.text("It runs until Ctrl-C."))
        stopped.wait()


@sandbox.command("fault")
def set_fault(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="TEXT", help="SYSTEM:FAULT[=VALUE][@WHEN], e.g. eclass:html-200@3")],
    folder: Folder,
) -> None:
    """Make a running sandbox misbehave."""
    its = shared.of(context)
    _ask(its, folder, "faults", {"set": what})
    its.out.print(its.text("In force: %(fault)s", fault=what), markup=False)


@sandbox.command("lift")
def lift_faults(
    context: typer.Context,
    folder: Folder,
    system: Annotated[str, typer.Argument(help="Of which system; else of all.")] = "*",
) -> None:
    """Lift the faults of a running sandbox."""
    its = shared.of(context)
    _ask(its, folder, "faults", {"lift": system})
    its.out.print(its.text("Faults lifted: %(system)s", system=system), markup=False)


@contextmanager
def running(its: Context, folder: Path, **how: Any) -> Iterator[Sandbox]:
    """A sandbox that runs meanwhile. Raises `Said` when it cannot start, or when its packages are not installed."""
    try:
        from kypek_sync.sandbox.faults import UnknownFault
        from kypek_sync.sandbox.folder import NotASandbox, SandboxInUse
        from kypek_sync.sandbox.start import start
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        sentence = its.text("The sandbox needs packages that are not installed (%(name)s):", name=error.name)
        raise Said(f"{sentence} pip install 'kypek-sync[sandbox]'") from error
    try:
        started = start(folder, now=its.clock, **how)
    except UnknownFault as error:
        raise typer.BadParameter(refusal(its.text, error), param_hint="--fault") from error
    except (SandboxInUse, NotASandbox, OSError, ValueError) as error:
        raise Said(its.text("The sandbox cannot start: %(why)s", why=error)) from error
    with started:
        yield started


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set; afterwards they mean again what they meant before."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def show_addresses(its: Context, started: Sandbox) -> None:
    """Where everything of a sandbox is."""
    its.out.print(f"{its.text('settings'):<14}{started.settings}", markup=False)
    for name, address in sorted(started.addresses.items()):
        its.out.print(f"{name:<14}{address}", markup=False)


def refusal(text: Text, error: UnknownFault) -> str:
    """Why a fault cannot be played, and what can."""
    maybe = text("did you mean '%(instead)s'? ", instead=error.instead) if error.instead else ""
    known = ", ".join(error.known)
    if error.what == "system":
        return text(
            "There is no system '%(word)s'; %(maybe)sthere are: %(known)s", word=error.word, maybe=maybe, known=known
        )
    if error.what == "fault":
        return text(
            "%(system)s knows no fault '%(word)s'; %(maybe)sit knows: %(known)s",
            system=error.system,
            word=error.word,
            maybe=maybe,
            known=known,
        )
    if error.what == "value":
        return text("'%(word)s' is no number: write e.g. slow=0.5", word=error.word)
    return text("'%(word)s' is not of the form SYSTEM:FAULT[=VALUE][@WHEN], e.g. eclass:html-200@3", word=error.word)


def _told(text: Text, said: dict[str, Any]) -> str:
    """Why the door refused, in our words where it says which fault it means."""
    from kypek_sync.sandbox.faults import UnknownFault  # its module needs no package of the sandbox's

    its = said.get("fault")
    return refusal(text, UnknownFault(its["what"], its["word"], its["known"], its["system"])) if its else said["error"]


def _ask(its: Context, folder: Path, what: str, body: dict[str, str]) -> None:
    """Speak with the control door of a sandbox that another process runs."""
    file = folder / MEMORY
    try:
        memory = json.loads(file.read_text("utf-8"))
        address, token = memory["addresses"]["control"], memory["token"]
    except OSError as error:
        sentence = its.text("%(folder)s holds no sandbox: %(why)s", folder=folder, why=os_word(error, its.text))
        raise Said(sentence) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Said(its.text("%(file)s cannot be understood.", file=file)) from error
    headers = {"Authorization": f"Bearer {token}"}
    try:
        answer = requests.post(f"{address}/{what}", json=body, headers=headers, timeout=DOOR_SECONDS)
    except requests.RequestException as error:
        raise Said(its.text("The sandbox in %(folder)s does not run.", folder=folder)) from error
    if answer.status_code == requests.codes.bad_request:
        raise typer.BadParameter(_told(its.text, answer.json()))
    if answer.status_code != requests.codes.ok:
        raise Said(its.text("The sandbox in %(folder)s does not run.", folder=folder))
