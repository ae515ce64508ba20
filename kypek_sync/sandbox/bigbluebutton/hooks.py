"""The hooks API of bbb-webhooks 3.5.0, as recorded: who wants to be told, and of what (B-31, B-32)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from kypek_sync.sandbox.bigbluebutton.answers import Refused, success, xml
from kypek_sync.sandbox.bigbluebutton.events import Event
from kypek_sync.sandbox.bigbluebutton.world import World


@dataclass(frozen=True, slots=True)
class Hook:
    """One registration. Without `meeting_id` it is global; without `event_id` it gets every event."""

    hook_id: str
    callback_url: str
    meeting_id: str | None
    event_id: str | None
    raw: bool

    def wants(self, event: Event) -> bool:
        """Whether this hook is told of the event. (A raw hook gets internal messages, which are not simulated.)"""
        meeting = event["data"]["attributes"]["meeting"]["external-meeting-id"]
        names = self.event_id.lower().split(",") if self.event_id else [event["data"]["id"]]
        return not self.raw and self.meeting_id in (None, meeting) and event["data"]["id"] in names


def registered(world: World) -> list[Hook]:
    """The hooks in force, in the order of their ids."""
    with world.store.transaction() as db:
        rows = db.execute("SELECT * FROM hook ORDER BY hook_id").fetchall()
    return [Hook(**{**dict(row), "raw": bool(row["raw"])}) for row in rows]


def remove(world: World, hook_id: str) -> bool:
    """Take one hook away. False if there was none."""
    with world.store.transaction() as db:
        return db.execute("DELETE FROM hook WHERE hook_id = ?", (hook_id,)).rowcount > 0


def restart(world: World) -> None:
    """bbb-webhooks restarts: hooks registered with an eventID are lost (a bug of 3.5.0, B-31)."""
    with world.store.transaction() as db:
        db.execute("DELETE FROM hook WHERE event_id IS NOT NULL")


def create(world: World, query: Mapping[str, str]) -> Response:
    """Answer hooks/create: idempotent by callbackURL."""
    url = query.get("callbackURL")
    if url is None:
        raise Refused("missingParamCallbackURL", "You must specify a callbackURL in the parameters.")
    raw = query.get("getRaw", "").lower() == "true"
    with world.store.transaction() as db:
        known = db.execute("SELECT hook_id FROM hook WHERE callback_url = ?", (url,)).fetchone()
        if known:
            return success(
                ("hookID", known["hook_id"]),
                ("messageKey", "duplicateWarning"),
                ("message", "There is already a hook for this callback URL."),
            )
        identity = str(uuid.uuid4())
        db.execute(
            "INSERT INTO hook VALUES (?, ?, ?, ?, ?)",
            (identity, url, query.get("meetingID"), query.get("eventID"), int(raw)),
        )
    return success(("hookID", identity), ("permanentHook", False), ("rawData", raw))


def destroy(world: World, query: Mapping[str, str]) -> Response:
    """Answer hooks/destroy."""
    hook_id = query.get("hookID")
    if hook_id is None:
        raise Refused("missingParamHookID", "You must specify a hookID in the parameters.")
    if not remove(world, hook_id):
        raise Refused("destroyMissingHook", "The hook informed was not found.")
    return success(("removed", True))


def listing(world: World, query: Mapping[str, str]) -> Response:
    """Answer hooks/list. Asked for a meeting without a hook of its own it fails, global hooks or not (B-32)."""
    hooks = registered(world)
    meeting_id = query.get("meetingID")
    if meeting_id is not None:
        if not any(hook.meeting_id == meeting_id for hook in hooks):
            raise Refused("listHookError", "An error happened while listing registered hooks. Check the logs.")
        hooks = [hook for hook in hooks if hook.meeting_id in (None, meeting_id)]
    listed = "".join(_listed(hook) for hook in hooks)
    return xml(f"<response><returncode>SUCCESS</returncode><hooks>{listed}</hooks></response>")


def _listed(hook: Hook) -> str:
    meeting = f"<meetingID>{_cdata(hook.meeting_id)}</meetingID>" if hook.meeting_id is not None else ""
    event = f"<eventID>{escape(hook.event_id)}</eventID>" if hook.event_id is not None else ""
    return (
        f"<hook><hookID>{escape(hook.hook_id)}</hookID><callbackURL>{_cdata(hook.callback_url)}</callbackURL>"
        f"{meeting}{event}<permanentHook>false</permanentHook>"
        f"<rawData>{'true' if hook.raw else 'false'}</rawData></hook>"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
