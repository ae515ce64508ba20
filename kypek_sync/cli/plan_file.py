"""The plan as a file for `apply FILE`: JSON, the same bytes for the same plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kypek_sync.cli.context import Said
from kypek_sync.cli.system_words import os_word
from kypek_sync.contract import Change
from kypek_sync.language import Text
from kypek_sync.ledger.codec import dump, load
from kypek_sync.ledger.plans import Plan, Stand
from kypek_sync.sync.run import LANES

FORMAT = "kypek-sync plan 1"

Asked = dict[tuple[str, str], list[Change]]
"""What a file asks for: bare changes by KYPEK and lane."""


def as_json(plans: Sequence[Plan]) -> str:
    """The plans as JSON. Under `changes` stands what was free to be made, which is what `apply` takes; `apart` is what
    was held or left alone, for people and other programmes to see."""
    body = {"format": FORMAT, "passes": [_pass(plan) for plan in plans if plan.changes]}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _pass(plan: Plan) -> dict[str, Any]:
    return {
        "kypek": plan.kypek,
        "lane": plan.lane,
        "hash": plan.hash,
        "changes": [dump(change) for change in plan.of(Stand.FREE)],
        "apart": [
            {"stand": standing.stand.value, "guard": standing.guard, "hold": standing.hold, "why": str(standing.why)}
            | {"changes": [dump(change) for change in changes]}
            for standing, changes in plan.groups()
            if standing.stand is not Stand.FREE
        ],
    }


def read(file: Path, text: Text) -> Asked:
    """What a file asks for. Raises `Said` when it cannot be read, is cut off, is of another version or no plan."""
    try:
        written = file.read_text(encoding="utf-8")
    except OSError as error:
        raise Said(text("%(file)s cannot be read: %(why)s.", file=file, why=os_word(error, text))) from error
    except ValueError as error:
        raise Said(_no_plan(file, text)) from error
    try:
        body = json.loads(written)
    except ValueError as error:
        if written.lstrip().startswith("{"):
            sentence = text(
                "%(file)s is cut off or damaged at line %(line)s. Make a new one.", file=file, line=_line(error)
            )
            raise Said(sentence) from error
        raise Said(_no_plan(file, text)) from error
    if not isinstance(body, dict) or not isinstance(body.get("format"), str):
        raise Said(_no_plan(file, text))
    if body["format"] != FORMAT:
        raise Said(
            text(
                "%(file)s is of another version (%(found)s); this one reads «%(known)s». Make a new one.",
                file=file,
                found=body["format"][:60],
                known=FORMAT,
            )
        )
    try:
        return _asked(body["passes"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Said(_no_plan(file, text)) from error


def _asked(passes: Any) -> Asked:
    asked: Asked = {}
    for one in passes:
        if one["lane"] not in LANES:
            raise ValueError(one["lane"])
        changes = [load(Change, change).bare for change in one["changes"]]
        if changes:
            asked.setdefault((str(one["kypek"]), one["lane"]), []).extend(changes)
    return asked


def _line(error: ValueError) -> int:
    return error.lineno if isinstance(error, json.JSONDecodeError) else 1


def _no_plan(file: Path, text: Text) -> str:
    return text("%(file)s is not a plan written by `kypek-sync plan -o`. Make a new one.", file=file)
