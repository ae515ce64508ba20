"""An atomic batch that fails because of one element is divided until that one is found; the others are done (M-24)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import connectors.moodle.mapping as mapping
from connectors.moodle.client import MoodleClient, in_batches
from connectors.moodle.refusals import Faulted, Refused
from kypek_sync.contract import Ambiguous, Outcome, Receipt, SkipThis, StopConnector, TryLater

AT_MOST = 200
"""Elements of one call: larger batches bring nothing (section 6)."""
DONE = Receipt(Outcome.DONE)
ALREADY = Receipt(Outcome.ALREADY)
Send = Callable[[Sequence[int]], None]
Look = Callable[[], frozenset[int]]
Element = dict[str, object]


def refused(why: str) -> Receipt:
    """The receipt of what cannot be done, with its sentence."""
    return Receipt(Outcome.REFUSED, detail=why)


def unmoved(place: int) -> Receipt:
    """What an element gets that Moodle took without a word and that does not show."""
    del place
    return Receipt(Outcome.LATER, detail="Moodle said ok, but does not show it.")


def unread(why: str) -> Receipt:
    """What an element gets of which nobody can see what became of it."""
    return Receipt(Outcome.AMBIGUOUS, detail=f"What was done could not be read back: {why}")


class Batches:
    """Sends the elements of one write, known by their places in the caller's list, and gives each its receipt.

    `send` sends the elements at these places in one call; doing one twice must be doing it once. `look` reads what is
    there now: the places of the elements that stand. `silent` is the receipt of one that Moodle took without a word and
    that does not stand. A receipt that stands was always looked at (section 7, rule 2). `alike`: all elements are about
    the same course, so that a refusal of the whole course need not be divided. `again`: what stands is looked at anew
    before each call but the first, so that only that one call lies between a look and what is done.

    What stands although it was not sent, or sent and refused with everything undone, is somebody else's doing: it is
    `ALREADY` so, never done by us.
    """

    def __init__(
        self,
        send: Send,
        look: Look,
        silent: Callable[[int], Receipt] = unmoved,
        *,
        alike: bool = True,
        again: bool = False,
    ) -> None:
        self._send = send
        self._look = look
        self._silent = silent
        self._alike = alike
        self._again = again
        self._calls = 0
        self._verdicts: dict[int, Receipt] = {}
        self._down = ""

    def receipts(self, batches: Iterable[Sequence[int]]) -> dict[int, Receipt]:
        """Send all the batches, then look once: a receipt for every place. Raises `TryLater` or `StopConnector` only
        when nothing was sent at all."""
        sent: list[int] = []
        for batch in batches:
            sent += batch
            self._one(batch)
        if not sent:
            return {}
        try:
            standing = self._look()
        except (TryLater, StopConnector, SkipThis) as error:
            return {place: self._unseen(place, error.message) for place in sent}
        return {place: self._standing(place) if place in standing else self._verdict(place) for place in sent}

    def _one(self, batch: Sequence[int]) -> None:
        if self._down:
            self._judge(batch, Receipt(Outcome.LATER, detail=self._down))
            return
        if self._again and self._calls:
            batch = self._still_to_do(batch)
            if not batch:
                return
        self._calls += 1
        try:
            self._send(batch)
            return
        except Refused as error:
            if (error.common and self._alike) or len(batch) == 1:
                self._judge(batch, Receipt(Outcome.REFUSED, detail=error.advice))
                return
        except Faulted as error:
            left = self._undone(batch, error)
            if len(left) < 2:
                if left and len(batch) > 1:
                    self._one(left)
                return
            batch = left
        except Ambiguous as error:
            self._judge(batch, Receipt(Outcome.AMBIGUOUS, detail=error.message))
            self._down = "Moodle gave no proper answer before; the next pass tries again."
            return
        except (TryLater, StopConnector) as error:
            self._judge(batch, Receipt(Outcome.LATER, detail=error.advice))
            self._down = error.message
            return
        middle = len(batch) // 2
        self._one(batch[:middle])
        self._one(batch[middle:])

    def _still_to_do(self, batch: Sequence[int]) -> Sequence[int]:
        """What of a batch does not stand yet; the rest came by somebody else's hand since it was looked at first."""
        try:
            standing = self._look()
        except SkipThis:
            return batch  # the call itself will be refused
        except (TryLater, StopConnector) as error:
            self._judge(batch, Receipt(Outcome.LATER, detail=error.advice))
            self._down = error.message
            return ()
        self._judge([place for place in batch if place in standing], ALREADY)
        return [place for place in batch if place not in standing]

    def _undone(self, batch: Sequence[int], error: Faulted) -> Sequence[int]:
        """What a call that failed inside PHP has not done (M-11); nothing where that cannot be seen."""
        try:
            standing = self._look()
        except (TryLater, StopConnector, SkipThis):
            self._judge(batch, Receipt(Outcome.AMBIGUOUS, detail=error.message))
            return ()
        left = [place for place in batch if place not in standing]
        if len(batch) == 1:
            self._judge(left, Receipt(Outcome.LATER, detail=error.message))
        return left

    def _judge(self, batch: Sequence[int], receipt: Receipt) -> None:
        self._verdicts |= dict.fromkeys(batch, receipt)

    def _standing(self, place: int) -> Receipt:
        """Of one that stands: done by us, unless it is known not to have been."""
        verdict = self._verdicts.get(place)
        return DONE if verdict is None or verdict.outcome is Outcome.AMBIGUOUS else ALREADY

    def _verdict(self, place: int) -> Receipt:
        return self._verdicts[place] if place in self._verdicts else self._silent(place)

    def _unseen(self, place: int, why: str) -> Receipt:
        return self._verdicts.get(place, unread(why))


class Writer:
    """Sends elements to functions that take many of a kind. Writes to one course never overlap (section 7, rule 8)."""

    def __init__(self, client: MoodleClient) -> None:
        self._client = client
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def alone(self, *courses: str) -> Iterator[None]:
        """Nobody else of ours writes to these courses meanwhile."""
        with self._guard:
            locks = [self._locks.setdefault(course, threading.Lock()) for course in sorted(set(courses))]
        with ExitStack() as stack:
            for lock in locks:
                stack.enter_context(lock)
            yield

    def written(
        self,
        function: str,
        name: str,
        elements: Mapping[int, Element],
        look: Look,
        silent: Callable[[int], Receipt] = unmoved,
        *,
        again: bool = False,
    ) -> dict[int, Receipt]:
        """Send the elements as the list `name` of the function, those with the same role together; receipts by
        place. `again` as in `Batches`."""
        if not elements:
            return {}

        def send(places: Sequence[int]) -> None:
            self._client.write(function, mapping.nothing, {name: [elements[place] for place in places]})

        variables = max(len(element) for element in elements.values())
        batches = [
            batch[start : start + AT_MOST]
            for alike in _by_role(elements)
            for batch in in_batches(alike, variables)
            for start in range(0, len(batch), AT_MOST)
        ]
        return Batches(send, look, silent, again=again).receipts(batches)


def _by_role(elements: Mapping[int, Element]) -> Iterator[list[int]]:
    """Places with the same role together: a role that may not be assigned then costs the others nothing (M-24)."""
    for role in sorted({str(element.get("roleid", "")) for element in elements.values()}):
        yield [place for place, element in sorted(elements.items()) if str(element.get("roleid", "")) == role]
