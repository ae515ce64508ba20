"""The announcements forum that every course has from its first moment, and its discussions."""

from __future__ import annotations

import sqlite3
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.calls import Call, function
from kypek_sync.sandbox.moodle.errors import MissingRecord, MoodleFault
from kypek_sync.sandbox.moodle.state import every, insert, one, update
from kypek_sync.sandbox.moodle.texts import format_string, format_text
from kypek_sync.sandbox.moodle.user_views import full_name, picture

_POST_OPTIONS = ("pinned", "discussionsubscribe", "inlineattachmentsid", "attachmentsid")
_DISCUSSION_OPTIONS = ("discussionsubscribe", "discussionpinned", "inlineattachmentsid", "attachmentsid")


def _truth(value: str | None) -> bool:
    return value is not None and value.strip().lower() in ("1", "true", "on", "yes")


def _forum(call: Call, forum: int) -> sqlite3.Row:
    row = one(call.db, "select * from forums where id = ?", forum)
    if row is None:
        raise MissingRecord("forum", "id", forum)
    call.enter(row["courseid"])
    return row


@function("mod_forum_get_forums_by_courses", courseids=p.default(p.Many(p.INT), []))
def get_forums_by_courses(call: Call, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The forums of these courses (none given: of all); courses that the caller may not enter are left out."""
    wanted = params["courseids"]
    rows = every(call.db, "select f.*, f.id as forum from forums f order by f.id")
    shown = []
    for row in rows:
        course = one(call.db, "select * from courses where id = ?", row["courseid"])
        if (not wanted or row["courseid"] in wanted) and course and call.may_enter(course):
            shown.append(_shown_forum(call, row))
    return shown


def _shown_forum(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    count = one(call.db, "select count(*) as n from discussions where forumid = ?", row["id"])
    zeros_before = ("duedate", "cutoffdate", "assessed", "assesstimestart", "assesstimefinish", "scale")
    zeros_after = ("warnafter", "blockafter", "blockperiod")
    completion = ("completiondiscussions", "completionreplies", "completionposts")
    return {
        "id": row["id"],
        "course": row["courseid"],
        "type": row["type"],
        "name": format_string(row["name"], raw=call.raw),
        "intro": row["intro"],
        "introformat": 1,
        "introfiles": [],
        "lang": "",
        **dict.fromkeys(zeros_before, 0),
        "grade_forum": 0,
        "grade_forum_notify": 0,
        "maxbytes": 0,
        "maxattachments": 1,
        "forcesubscribe": 1,
        "trackingtype": 1,
        "rsstype": 0,
        "rssarticles": 0,
        "timemodified": row["timemodified"],
        **dict.fromkeys((*zeros_after, *completion), 0),
        "cmid": row["id"],
        "numdiscussions": count["n"] if count else 0,
        "cancreatediscussions": call.may("mod/forum:addnews", row["courseid"]),
        "lockdiscussionafter": 0,
        "istracked": False,
    }


@function(
    "mod_forum_add_discussion",
    writes=True,
    forumid=p.INT,
    subject=p.TEXT,
    message=p.RAW,
    groupid=p.default(p.INT, 0),
    options=p.default(p.NAMED_VALUES, []),
)
def add_discussion(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Start a discussion: for one group, for everybody (-1), or, where the course has groups and none is named, for
    group 0, which is nobody's (seen on 4.5.6)."""
    forum = _forum(call, params["forumid"])
    for option in params["options"]:
        if option["name"] not in _DISCUSSION_OPTIONS:
            raise MoodleFault("errorinvalidparam", f'The param "{option["name"]}" is invalid.')
    if not call.may("mod/forum:addnews", forum["courseid"]):
        raise MoodleFault("cannotcreatediscussion", "Could not create new discussion")
    asked = {option["name"]: option["value"] for option in params["options"]}
    pinned = _truth(asked.get("discussionpinned")) and call.may("mod/forum:pindiscussions", forum["courseid"])
    groupid = params["groupid"] if _has_groups(call, forum["courseid"]) else -1
    discussion = insert(call.db, "discussions", forumid=forum["id"], groupid=groupid, pinned=int(pinned))
    insert(
        call.db,
        "posts",
        discussion=discussion,
        forumid=forum["id"],
        userid=call.caller.userid,
        subject=params["subject"],
        message=params["message"],
        messageformat=1,
        created=call.now,
        modified=call.now,
    )
    return {"discussionid": discussion, "warnings": []}


def _has_groups(call: Call, course: int) -> bool:
    row = one(call.db, "select groupmode from courses where id = ?", course)
    return row is not None and row["groupmode"] != 0


@function(
    "mod_forum_get_forum_discussions",
    forumid=p.INT,
    sortorder=p.default(p.INT, -1),
    page=p.default(p.INT, -1),
    perpage=p.default(p.INT, 0),
    groupid=p.default(p.INT, 0),
)
def get_forum_discussions(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """The discussions of a forum, the latest first. `id` is the first post, `discussion` the discussion."""
    forum = _forum(call, params["forumid"])
    query = (
        "select p.*, d.groupid, d.pinned, u.firstname, u.lastname from posts p "
        "join discussions d on d.id = p.discussion join users u on u.id = p.userid "
        "where p.forumid = ? order by d.pinned desc, p.modified desc, p.id desc"
    )
    rows = every(call.db, query, forum["id"])
    if params["page"] >= 0 and params["perpage"]:
        first = params["page"] * params["perpage"]
        rows = rows[first : first + params["perpage"]]
    return {"discussions": [_shown_discussion(call, row) for row in rows], "warnings": []}


def _shown_discussion(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    subject, name = format_string(row["subject"], raw=call.raw), full_name(row)
    return {
        "id": row["id"],
        "name": subject,
        "groupid": row["groupid"],
        "timemodified": row["modified"],
        "usermodified": row["userid"],
        "timestart": 0,
        "timeend": 0,
        "discussion": row["discussion"],
        "parent": 0,
        "userid": row["userid"],
        "created": row["created"],
        "modified": row["modified"],
        "mailed": 0,
        "subject": subject,
        "message": format_text(row["message"], raw=call.raw),
        "messageformat": row["messageformat"],
        "messagetrust": 0,
        "attachment": False,
        "totalscore": 0,
        "mailnow": 0,
        "userfullname": name,
        "usermodifiedfullname": name,
        "userpictureurl": picture(call, "f2"),
        "usermodifiedpictureurl": picture(call, "f2"),
        "numreplies": 0,
        "numunread": 0,
        "pinned": bool(row["pinned"]),
        "locked": False,
        "starred": False,
        "canreply": False,
        "canlock": True,
        "canfavourite": True,
    }


@function(
    "mod_forum_update_discussion_post",
    writes=True,
    postid=p.INT,
    subject=p.default(p.TEXT, ""),
    message=p.default(p.RAW, ""),
    messageformat=p.default(p.INT, 1),
    options=p.default(p.NAMED_VALUES, []),
)
def update_discussion_post(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Change one's own post in place; what is empty stays as it was. In a forum for news one's own first post may be
    changed at any time, other people's with `mod/forum:editanypost` (seen on 4.5.6)."""
    row = one(call.db, "select * from posts where id = ?", params["postid"])
    if row is None:
        raise MissingRecord("forum_posts", "id", params["postid"])
    forum = _forum(call, row["forumid"])
    if row["userid"] != call.caller.userid and not call.may("mod/forum:editanypost", forum["courseid"]):
        raise MoodleFault("cannotupdatepost", "Can not update this post")
    for option in params["options"]:
        if option["name"] not in _POST_OPTIONS:
            raise MoodleFault("errorinvalidparam", f'The param "{option["name"]}" is invalid.')
        if option["name"] == "pinned" and call.may("mod/forum:pindiscussions", forum["courseid"]):
            update(call.db, "discussions", row["discussion"], pinned=int(_truth(option["value"])))
    changed = {key: params[key] for key in ("subject", "message") if params[key]}
    update(call.db, "posts", row["id"], modified=call.now, **changed)
    return {"status": True, "warnings": []}
