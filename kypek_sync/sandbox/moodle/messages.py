"""Instant messages: one by one, not atomic, not deduplicated (M-33)."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.errors import MoodleFault
from kypek_sync.sandbox.moodle.post import conversation_of, post_message
from kypek_sync.sandbox.moodle.state import every, one
from kypek_sync.sandbox.moodle.texts import for_message
from kypek_sync.sandbox.moodle.user_views import full_name, picture

_NEW_MESSAGE = p.Single(
    {
        "touserid": p.INT,
        "text": p.RAW,
        "textformat": p.default(p.INT, 0),
        "clientmsgid": p.optional(p.ALPHANUMEXT),
    }
)


@function("core_message_send_instant_messages", writes=True, messages=p.Many(_NEW_MESSAGE))
def send_instant_messages(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Send each. If some fail and some do not, the call fails and the good ones HAVE been sent (M-33)."""
    results = [_send(call, message) for message in params["messages"]]
    failed = sum(result["msgid"] == -1 for result in results)
    if 0 < failed < len(results):
        raise MoodleFault("formatnotsupported", "webservice/formatnotsupported", stored=True)
    return results


def _send(call: Call, message: dict[str, Any]) -> dict[str, Any]:
    receiver, text = message["touserid"], message["text"]
    marked = {"clientmsgid": message["clientmsgid"]} if "clientmsgid" in message else {}
    problem = ""
    if one(call.db, "select 1 from users where id = ? and deleted = 0", receiver) is None:
        problem = f"You cannot send a message to a user ID ({receiver}) that doesn't exist."
    elif not call.may("moodle/site:messageanyuser"):
        problem = "You can't message this user due to their message preferences. Try adding them as a contact."
    if problem:
        return {"msgid": -1, **marked, "errormessage": problem, "candeletemessagesforallusers": False}
    sender = call.caller.userid
    client_id = message.get("clientmsgid", "")
    return {
        "msgid": post_message(call.db, sender, receiver, text, call.now, client_id=client_id),
        **marked,
        "text": for_message(text),
        "timecreated": call.now,
        "conversationid": conversation_of(call.db, sender, receiver),
        "useridfrom": sender,
        "candeletemessagesforallusers": False,
    }


@function(
    "core_message_get_messages",
    useridto=p.INT,
    useridfrom=p.default(p.INT, 0),
    type=p.default(p.ALPHA, "both"),
    read=p.default(p.INT, 1),
    newestfirst=p.default(p.BOOL, True),
    limitfrom=p.default(p.INT, 0),
    limitnum=p.default(p.INT, 0),
)
def get_messages(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Messages to or from the caller. Nobody reads anything here: all are unread (`read` 0 or 2)."""
    receiver, sender = params["useridto"], params["useridfrom"]
    if call.caller.userid not in (receiver, sender):
        raise MoodleFault("accessdenied", "Access denied")
    conditions, values = [], []
    for column, user in (("useridto", receiver), ("useridfrom", sender)):
        if user:
            conditions.append(f"{column} = ?")
            values.append(user)
    order = "desc" if params["newestfirst"] else "asc"
    query = f"select * from messages where {' and '.join(conditions) or '1'} order by id {order}"
    found = every(call.db, query, *values)
    if params["read"] == 1 or params["type"] == "notifications":
        found = []
    number = params["limitnum"] or len(found)
    shown = found[params["limitfrom"] : params["limitfrom"] + number]
    return {"messages": [_shown(call, row) for row in shown], "warnings": []}


def _shown(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    sender, receiver = _name(call, row["useridfrom"]), _name(call, row["useridto"])
    extra = {
        "notificationiconurl": picture(call),
        "actionbuttons": {"send": "Send"},
        "placeholders": {"send": "Write a message..."},
        "courseid": 1,
    }
    return {
        "id": row["id"],
        "useridfrom": row["useridfrom"],
        "useridto": row["useridto"],
        "subject": f"New message from {sender}",
        "text": for_message(row["text"]),
        "fullmessage": row["text"],
        "fullmessageformat": 1,
        "fullmessagehtml": row["text"],
        "smallmessage": row["text"],
        "notification": 0,
        "contexturl": "",
        "contexturlname": "",
        "timecreated": row["timecreated"],
        "timeread": None,
        "usertofullname": receiver,
        "userfromfullname": sender,
        "customdata": json.dumps(extra, separators=(",", ":")).replace("/", "\\/"),
    }


def _name(call: Call, user: int) -> str:
    row = one(call.db, "select firstname, lastname from users where id = ?", user)
    return full_name(row) if row else ""
