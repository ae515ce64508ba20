"""The recorded exchanges: read, sent, and compared with what the simulator answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client, TestResponse

FOLDER = Path(__file__).parents[4] / "shared" / "recorded" / "moodle"
FILES = sorted(path.name for path in FOLDER.glob("[0-9]*.json"))

# Moments, database ids that Moodle draws from counters of its own, and the service's list of functions.
NOT_COMPARED = frozenset(
    {
        "cacherev",
        "categorysortorder",
        "contextid",
        "conversationid",
        "courseimage",
        "created",
        "modified",
        "msgid",
        "sitename",
        "sortorder",
        "timecreated",
        "timemodified",
    }
)


@dataclass(frozen=True)
class Exchange:
    """One recorded request with its answer."""

    file: str
    request: dict[str, Any]
    response: dict[str, Any]
    shortened: dict[str, int]

    @classmethod
    def read(cls, file: str) -> Exchange:
        """Read one file; `shortened` says how many elements of a list were kept, by path."""
        told = json.loads((FOLDER / file).read_text())
        kept = {cut["path"]: cut["kept"] for cut in told.get("shortened", [])}
        return cls(file, told["request"], told["response"], kept)

    def form(self) -> list[tuple[str, str]]:
        """The posted pairs; the 2,000 enrolments of the oversize exchanges are written out again."""
        pairs = [tuple(pair) for pair in self.request.get("form", [])]
        if ("...", "5991 more pairs of the same kind") not in pairs:
            return pairs
        course = pairs[-2][1] if pairs[-1][0] == "wsfunction" else pairs[-1][1]
        many = [
            (f"enrolments[{n}][{key}]", value)
            for n in range(2000)
            for key, value in (("roleid", "5"), ("userid", str(30 + n)), ("courseid", course))
        ]
        first = next(n for n, pair in enumerate(pairs) if pair[0].startswith("enrolments"))
        last = max(n for n, pair in enumerate(pairs) if pair[0].startswith("enrolments"))
        whole = pairs[:first] + many + pairs[last + 1 :]
        assert all(pair in whole for pair in pairs if pair[0] != "...")
        return whole

    def send(self, client: Client) -> TestResponse:
        """Send the request as it was recorded."""
        headers = dict(self.request["headers"])
        kind = headers.pop("Content-Type", None)
        body = json.dumps(self.request["json"]) if "json" in self.request else urlencode(self.form())
        host = "moodle.other.example" if self.file.startswith("025-") else "moodle.example"
        return client.open(
            self.request["path"],
            method=self.request["method"],
            query_string=urlencode([tuple(pair) for pair in self.request["query"]]),
            data=body if self.request["method"] == "POST" else None,
            content_type=kind,
            headers=headers,
            base_url=f"https://{host}/",
        )

    def differences(self, answer: TestResponse) -> list[str]:
        """Where the answer is another one than the recorded; empty if it is the same."""
        found = []
        if answer.status_code != self.response["status"]:
            found.append(f"status {answer.status_code}, recorded {self.response['status']}")
        headers = self.response["headers"]
        found += [
            f"{name} {answer.headers.get(name)!r}, recorded {headers.get(name)!r}"
            for name in ("content-type", "location", "retry-after")
            if answer.headers.get(name) != headers.get(name)
        ]
        if "json" in self.response:
            return found + self._compare(self.response["json"], json.loads(answer.text), "$")
        recorded = self.response.get("body", "")
        if "$.body" in self.shortened:
            # A page of the theme: only that it is one is compared.
            recorded = recorded.split("\n")[0]
        same = answer.text.startswith(recorded) if "$.body" in self.shortened else answer.text == recorded
        return found if same else [*found, f"body {answer.text!r}"]

    def _compare(self, recorded: Any, ours: Any, path: str) -> list[str]:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            found = [f"{path}: keys differ by {recorded.keys() ^ ours.keys()}"] if recorded.keys() ^ ours.keys() else []
            for key in recorded.keys() & ours.keys():
                if key in NOT_COMPARED or ".preferences[" in path:
                    found += self._same_type(recorded[key], ours[key], f"{path}.{key}")
                else:
                    found += self._compare(recorded[key], ours[key], f"{path}.{key}")
            return found
        if isinstance(recorded, list) and isinstance(ours, list):
            return self._compare_lists(recorded, ours, path)
        if type(recorded) is not type(ours):
            return [f"{path}: {ours!r}, recorded {recorded!r}"]
        return [] if _timeless(recorded) == _timeless(ours) else [f"{path}: {ours!r}, recorded {recorded!r}"]

    def _compare_lists(self, recorded: list[Any], ours: list[Any], path: str) -> list[str]:
        if path == "$.functions":
            # The service had 752 functions, the simulator has its own: the shape of each is compared.
            return [] if all(one.keys() == recorded[0].keys() for one in ours) else [f"{path}: another shape"]
        if path == "$.data.rows":
            recorded, ours = sorted(recorded, key=str), sorted(ours, key=str)
        if path in self.shortened:
            ours = ours[: self.shortened[path]]
        if len(recorded) != len(ours):
            return [f"{path}: {len(ours)} elements, recorded {len(recorded)}"]
        pairs = enumerate(zip(recorded, ours, strict=True))
        return [text for n, (one, other) in pairs for text in self._compare(one, other, f"{path}[{n}]")]

    @staticmethod
    def _same_type(recorded: Any, ours: Any, path: str) -> list[str]:
        sign_matters = path.endswith(".msgid") and (recorded == -1) != (ours == -1)
        if type(recorded) is type(ours) and not sign_matters:
            return []
        return [f"{path}: {ours!r}, recorded {recorded!r}"]


def _timeless(value: Any) -> Any:
    """Text without Unix moments in it."""
    return re.sub(r"\b1[0-9]{9}\b", "T", value) if isinstance(value, str) else value
