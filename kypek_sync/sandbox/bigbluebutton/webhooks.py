"""How bbb-webhooks 3.5.0 calls back: the exact body, the signed URL, the repeats (fact sheet §3.3, B-30..B-35).

The checksum is `H(callback URL + body + secret)`, appended to the URL; with `auth2_0` there is none and the shared
secret itself travels as a Bearer token (B-34). A repeat has the same body, timestamp and checksum.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus, urlsplit

import kypek_sync.sandbox.bigbluebutton.hooks as hooks
from kypek_sync.sandbox.bigbluebutton.events import Event
from kypek_sync.sandbox.bigbluebutton.signing import digest
from kypek_sync.sandbox.bigbluebutton.world import World

RETRY_AFTER = (0.1, 0.5, 1, 2, 4, 8, 10, 30, 60, 60, 60, 60)  # seconds between the attempts (B-33: about 5 minutes)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call to a callback URL, ready to be sent (POST) as often as need be."""

    url: str
    headers: dict[str, str]
    body: str


def delivery(
    callback_url: str,
    message: Event,
    *,
    timestamp: int,
    secret: str,
    domain: str = "bbb.example",
    algorithm: str = "sha1",
    bearer: bool = False,
) -> Delivery:
    """The call that tells of one message. `timestamp` is ms; `bearer` stands for the server's setting auth2_0."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    fields = {"domain": domain, "event": f"[{text}]", "timestamp": str(timestamp)}
    body = "&".join(f"{name}={_form_encoded(value)}" for name, value in fields.items())
    headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8", "user-agent": "node-fetch"}
    if bearer:
        return Delivery(callback_url, {"authorization": f"Bearer {secret}", **headers}, body)
    joint = "&" if urlsplit(callback_url).query else "?"
    checksum = digest(algorithm, callback_url, body, secret)
    return Delivery(f"{callback_url}{joint}checksum={checksum}", headers, body)


def send(call: Delivery, *, wait: Callable[[float], None] = time.sleep) -> bool:
    """Send until it is taken: any 2xx, or 401 (B-33). False if it gave up after the last attempt."""
    for pause in (*RETRY_AFTER, None):
        if _taken(call):
            return True
        if pause is not None:
            wait(pause)
    return False


class Courier:
    """Tells the hooks what happens. What happened before it started, or while it is away, never arrives (B-30)."""

    def __init__(
        self,
        world: World,
        secret: str,
        *,
        algorithm: str = "sha1",
        bearer: bool = False,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._world = world
        self._secret = secret
        self._algorithm = algorithm
        self._bearer = bearer
        self._wait = wait
        self._told = len(world.events())

    def deliver(self) -> list[Delivery]:
        """Tell every hook of the events since the last time; a hook that never answers is deleted (B-33).

        Returns the deliveries that were taken.
        """
        fresh = self._world.events()[self._told :]
        self._told += len(fresh)
        taken: list[Delivery] = []
        for event in fresh:
            for hook in hooks.registered(self._world):
                if not hook.wants(event):
                    continue
                call = delivery(
                    hook.callback_url,
                    event,
                    timestamp=self._world.store.now(),
                    secret=self._secret,
                    algorithm=self._algorithm,
                    bearer=self._bearer,
                )
                if send(call, wait=self._wait):
                    taken.append(call)
                else:
                    hooks.remove(self._world, hook.hook_id)
        return taken


def _taken(call: Delivery) -> bool:
    request = urllib.request.Request(call.url, call.body.encode(), call.headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return 200 <= int(answer.status) < 300
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code == 401
    except OSError:
        return False


def _form_encoded(text: str) -> str:
    """As JavaScript's URLSearchParams writes it: `*` stays, `~` does not."""
    return quote_plus(text, safe="*").replace("~", "%7E")
