"""Several functions in one call, past the limit of variables; it stops at the first failure (M-14)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import kypek_sync.sandbox.moodle.parameters as p
from kypek_sync.sandbox.moodle.callers import function_for
from kypek_sync.sandbox.moodle.calls import Call, function, perform
from kypek_sync.sandbox.moodle.errors import MoodleFault, PhpFault
from kypek_sync.sandbox.moodle.render import php_json

_REQUEST = p.Single(
    {
        "function": p.ALPHANUMEXT,
        "arguments": p.default(p.RAW, "{}"),
        "settingraw": p.default(p.BOOL, False),
        "settingfilter": p.default(p.BOOL, False),
        "settingfileurl": p.default(p.BOOL, True),
        "settinglang": p.default(p.SAFEDIR, ""),
    }
)


@function("tool_mobile_call_external_functions", writes=True, requests=p.Many(_REQUEST))
def call_external_functions(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Run the requests in order. What was done before a failure stays done; what comes after it is not tried."""
    responses: list[dict[str, Any]] = []
    for request in params["requests"]:
        try:
            wanted = function_for(call.caller, request["function"])
            result = perform(replace(call, raw=request["settingraw"]), wanted, _arguments(request["arguments"]))
        except MoodleFault as fault:
            responses.append({"error": True, "exception": php_json(_told(call, fault))})
            break
        responses.append({"error": False, "data": None if result is None else php_json(result)})
    return {"responses": responses}


def _arguments(text: str) -> Any:
    """The arguments; text that is no JSON counts as none."""
    try:
        return json.loads(text) or {}
    except ValueError:
        return {}


def _told(call: Call, fault: MoodleFault) -> dict[str, Any]:
    known = fault.as_json(debug=call.debug)
    if isinstance(fault, PhpFault):
        known = {"message": f"Exception - {fault.message}", "errorcode": "generalexceptionmessage"}
    code = known["errorcode"]
    return {
        "message": known["message"],
        "errorcode": code,
        "link": f"{call.site_url}/",
        "moreinfourl": f"https://docs.moodle.org/500/en/error/debug/{code}",
    }
