"""Finds the bad elements of a batch that was refused as a whole, and gets the others done.

A batch is refused as a whole when the call raises `SkipThis`: by its definition nothing was changed then. It is halved
until each refusal stands for one element, with that element's own sentence. Receipts need no halving, even if all of
them say the same: a connector that gives receipts has judged each element, and where its server works in atomic batches
has divided them itself (Moodle's does, M-24, and knows which refusals concern a whole course, so that 200 people are
not asked for 400 times).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
A = TypeVar("A")


def bisected(
    items: Sequence[T], ask: Callable[[Sequence[T]], A], refused_as_a_whole: Callable[[A], bool]
) -> Iterator[tuple[Sequence[T], A]]:
    """Ask for all items; what is refused as a whole is halved and asked for again. Gives each part whose answer is
    final, in the order of the items, as soon as it was answered.

    With k bad ones among n there are at most 2n - 1 calls, and at most 1 + 2k·⌈log2 n⌉. An empty batch asks nothing.
    """
    waiting = [items] if items else []
    while waiting:
        part = waiting.pop()
        answer = ask(part)
        if len(part) > 1 and refused_as_a_whole(answer):
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
        else:
            yield part, answer
