"""The wire to Moodle's web services by REST: token, order of the variables, limits, and what an answer may look like.

Everything is posted as a form (M-1). `wsfunction` is the last variable: PHP drops what is beyond `max_input_vars`
without a word, and a call that lost its last variable is refused instead of done in part (M-12); besides that no call
has more than `MOST_VARIABLES`. `moodlewssettingraw` makes texts come as they are stored (M-8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from connectors.moodle.refusals import SWITCHED_OFF, refusal
from connectors.moodle.settings import MoodleSettings
from connectors.moodle.values import Misshapen
from kypek_sync.contract import Ambiguous, Answer, StopConnector, TryLater, Wire, WireLimits

T = TypeVar("T")
Words = Mapping[str, Any]

MOST_VARIABLES = 900
"""Variables in one call, all included: safe where PHP keeps its default of 1000 (M-12)."""
_OWN = 6
"""Variables that are ours in every call: token, format, raw, function, language, time zone."""
_PATH = "/webservice/rest/server.php"
_FORM = "application/x-www-form-urlencoded"
_NO_DATA = "Its database or web server may be out of order or in maintenance; what we know stays as it is."


@dataclass(frozen=True, slots=True)
class Dated:
    """An answer's value and the server's clock when it answered."""

    value: Any
    date: datetime | None


class MoodleClient:
    """The calls of one Moodle. `system` is the connector's name, used in errors. Safe to use from several threads.

    Errors: `StopConnector` (token, switched off), `Refused` (a `SkipThis` with Moodle's code; all undone), `TryLater`
    (a read without a proper answer, maintenance), `Ambiguous` (a write without one), `Faulted` (PHP failed in a write).
    """

    def __init__(self, system: str, settings: MoodleSettings, ca_file: str = "") -> None:
        self.system = system
        self.address = settings.address
        self._token = settings.token
        limits = WireLimits(
            connect=min(5.0, settings.timeout),
            read=settings.timeout,
            deadline=settings.timeout,
            parallel=settings.parallel,
        )
        self._wire = Wire(system, limits, ca_file=ca_file)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def read(self, function: str, parse: Callable[[Any], T], words: Words | None = None) -> T:
        """A call that changes nothing. Tried once more when no answer came at all."""
        return self._parsed(function, parse, self.dated(function, words or {}).value)

    def dated(self, function: str, words: Words) -> Dated:
        """A call that changes nothing, with the server's clock; its value is not looked at yet."""
        body = self._body(function, words)
        try:
            answer = self._post(body, write=False)
        except TryLater as error:
            if error.after is not None:
                raise
            answer = self._post(body, write=False)  # a connection that the server had let go of, most often
        return Dated(self._value(function, answer, write=False), answer.date)

    def write(self, function: str, parse: Callable[[Any], T], words: Words) -> T:
        """A call that may change something: sent once, whatever happens."""
        value = self._value(function, self._post(self._body(function, words), write=True), write=True)
        try:
            return parse(value)
        except Misshapen as error:
            wrong = str(error)
        raise Ambiguous(
            self.system,
            f"{function} was asked to change something and answered something unexpected: {wrong}.",
            hint="It will be looked up before anything is sent again.",
        )

    def _parsed(self, function: str, parse: Callable[[Any], T], value: Any) -> T:
        try:
            return parse(value)
        except Misshapen as error:
            wrong = str(error)
        raise TryLater(self.system, f"{function} answered something unexpected: {wrong}.", hint=_NO_DATA)

    def _post(self, body: str, *, write: bool) -> Answer:
        return self._wire.post(f"{self.address}{_PATH}", body, _FORM, write=write)

    def _body(self, function: str, words: Words) -> str:
        pairs = [
            ("wstoken", self._token.get_secret_value()),
            ("moodlewsrestformat", "json"),
            ("moodlewssettingraw", "1"),
            *_pairs(words),
            ("wsfunction", function),
        ]
        if len(pairs) > MOST_VARIABLES:
            raise ValueError(f"{function} with {len(pairs)} variables")
        return urlencode(pairs)

    def _value(self, function: str, answer: Answer, *, write: bool) -> Any:
        """The value of an answer that counts as one: status 200 and JSON without an exception (M-2, M-7)."""
        if answer.status == 403:
            raise StopConnector(self.system, f"{self.address} {SWITCHED_OFF[0]}", hint=SWITCHED_OFF[1])
        try:
            value = answer.json() if answer.status == 200 else Ellipsis
        except ValueError:
            value = Ellipsis
        if value is Ellipsis:
            self._unknown(function, answer, write=write)
        if isinstance(value, dict) and "exception" in value:
            raise refusal(self.system, self.address, function, value, write=write)
        return value

    def _unknown(self, function: str, answer: Answer, *, write: bool) -> None:
        kind = _kind(answer)
        if write:
            raise Ambiguous(
                self.system,
                f"{function} was asked to change something and answered {kind}.",
                hint="It will be looked up before anything is sent again.",
            )
        raise TryLater(self.system, f"{function} answered {kind}.", hint=_NO_DATA)


def in_batches(items: Sequence[T], variables: int, fixed: int = 0) -> Iterator[Sequence[T]]:
    """The items in pieces that one call can carry: `variables` for each, `fixed` for the call (M-12)."""
    size = (MOST_VARIABLES - _OWN - fixed) // variables
    return (items[start : start + size] for start in range(0, len(items), size))


def _pairs(words: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested values as PHP's form variables: `a[0][b]=value`. An empty list cannot be said in a form (M-9)."""
    if isinstance(words, Mapping):
        for key, inner in words.items():
            yield from _pairs(inner, f"{name}[{key}]" if name else str(key))
    elif isinstance(words, list | tuple):
        if not words:
            raise ValueError(f"{name}: an empty list")
        for index, inner in enumerate(words):
            yield from _pairs(inner, f"{name}[{index}]")
    else:
        yield name, str(int(words)) if isinstance(words, bool) else str(words)


def _kind(answer: Answer) -> str:
    """What an answer that counts for nothing looks like, without its words."""
    if not answer.body.strip():
        return f"nothing at all (HTTP {answer.status})"
    page = answer.body.lstrip()[:1] == b"<"
    return f"{'a web page' if page else 'something else'} instead of data (HTTP {answer.status})"
