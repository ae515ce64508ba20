"""A mail server, a room server and a helpdesk for the small centre, each a simulator of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kypek_sync.sandbox import bigbluebutton, request_tracker
from kypek_sync.sandbox.mail import Sink
from kypek_sync.sandbox.serving import Running, serve
from tests.sync.centre import Centre

SENDER = "ΚΥΠΕΚ Α΄ Αθήνας <kypek@kypek.att-a.sch.example>"
BBB_SECRET, RT_TOKEN = "an-invented-secret-of-a-room-server", "rt_sandbox"
QUEUE = "KYPEK-ATT"


def _secret(centre: Centre, name: str, value: str) -> str:
    """A reference to a secret in a file."""
    (centre.folder / name).write_text(value)
    (centre.folder / name).chmod(0o600)
    return f"file:{name}"


@contextmanager
def with_mail(centre: Centre) -> Iterator[Sink]:
    """The centre sends mail by SMTP; faults under the name `smtp`."""
    sink = Sink.start(centre.folder / "mail", centre.faults.of("smtp"))
    host, port = sink.address
    centre.connectors["post"] = (
        f'type: smtp, mode: apply, host: {host}, port: {port}, security: none, sender: "{SENDER}"'
    )
    centre.services["post"] = "post"
    centre.settings()
    try:
        yield sink
    finally:
        sink.stop()


@contextmanager
def with_rooms(centre: Centre, *, lists_meetings: bool = True) -> Iterator[tuple[bigbluebutton.World, Running]]:
    """The centre has rooms on BigBlueButton; faults under the name `bbb`."""
    state = centre.folder / "bbb"
    app = bigbluebutton.create_app(state, secret=BBB_SECRET, faults=centre.faults.of("bbb"), clock=centre.clock)
    server = serve(app, "bbb", centre.faults, is_write=bigbluebutton.is_write)
    secret, lists = _secret(centre, "bbb-secret", BBB_SECRET), str(lists_meetings).lower()
    address = f"{server.address}/bigbluebutton/api"
    centre.connectors["rooms"] = (
        f'type: bigbluebutton, mode: apply, address: "{address}", secret: "{secret}", lists_meetings: {lists}'
    )
    centre.services["rooms"] = "rooms"
    centre.settings()
    try:
        yield bigbluebutton.World(state, centre.clock), server
    finally:
        server.stop()


@contextmanager
def with_helpdesk(centre: Centre) -> Iterator[tuple[request_tracker.World, Running]]:
    """The centre has a Request Tracker; faults under the name `rt`."""
    state = centre.folder / "rt.sqlite"
    app = request_tracker.create_app(state, token=RT_TOKEN, faults=centre.faults.of("rt"), clock=centre.clock)
    server = serve(app, "rt", centre.faults)
    token = _secret(centre, "rt-token", RT_TOKEN)
    centre.connectors["desk"] = f'type: request_tracker, mode: apply, address: "{server.address}", token: "{token}"'
    centre.services |= {"helpdesk": "desk", "queue": QUEUE}
    centre.settings()
    try:
        yield request_tracker.World(state, clock=centre.clock), server
    finally:
        server.stop()
