"""What the site tells about itself and about the service of the token."""

from __future__ import annotations

import sqlite3
from typing import Any

from kypek_sync.sandbox.moodle.calls import FUNCTIONS, Call, function
from kypek_sync.sandbox.moodle.errors import MissingRecord
from kypek_sync.sandbox.moodle.state import one, site_value
from kypek_sync.sandbox.moodle.texts import format_string
from kypek_sync.sandbox.moodle.user_views import full_name, picture

VERSION = "2025030400"
RELEASE = "5.0dev+ (Build: 20250304)"
_FEATURES = {
    "usecomments": 1,
    "usetags": 1,
    "enablenotes": 1,
    "messaging": 1,
    "enableblogs": 1,
    "enablecompletion": 1,
    "enablebadges": 1,
    "messagingallusers": 0,
    "enablecustomreports": 1,
    "enableglobalsearch": 0,
    "mnet_dispatcher_mode": 0,
    "enablecompetencies": 1,
}


def release(db: sqlite3.Connection) -> str:
    """The release that the site calls itself: the one of the recordings unless another was set."""
    return site_value(db, "release") or RELEASE


@function("core_webservice_get_site_info")
def get_site_info(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Site, version, and the functions of the service: those that the simulator has."""
    del params
    user = one(call.db, "select * from users where id = ?", call.caller.userid)
    if user is None:
        raise MissingRecord("user", "id", call.caller.userid)
    allowed = call.caller.functions
    names = sorted(name for name in FUNCTIONS if allowed is None or name in allowed)
    return {
        "sitename": format_string(site_value(call.db, "sitename"), raw=call.raw),
        "username": user["username"],
        "firstname": user["firstname"],
        "lastname": user["lastname"],
        "fullname": full_name(user),
        "lang": "en",
        "userid": user["id"],
        "siteurl": call.site_url,
        "userpictureurl": picture(call),
        "functions": [{"name": name, "version": VERSION} for name in names],
        "downloadfiles": 1,
        "uploadfiles": 1,
        "release": release(call.db),
        "version": VERSION,
        "mobilecssurl": "",
        "advancedfeatures": [{"name": name, "value": value} for name, value in _FEATURES.items()],
        "usercanmanageownfiles": True,
        "userquota": 0 if call.caller.admin else 104857600,
        "usermaxuploadfilesize": -1 if call.caller.admin else 67108864,
        "userhomepage": 1,
        "userprivateaccesskey": "PRIVATE-KEY",
        "siteid": 1,
        "sitecalendartype": "gregorian",
        "usercalendartype": "gregorian",
        "userissiteadmin": call.caller.admin,
        "theme": "boost",
        "limitconcurrentlogins": 0,
        "policyagreed": 0,
    }
