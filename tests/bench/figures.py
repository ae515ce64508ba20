"""A figure with its target and its limit, and the table that shows many of them side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured.

    `part` is the part's name, `what` says what was measured, `value` is in `unit` (`s`, `MB`, or a word to count).
    `target` is what was promised, None where nothing was. `limit` is what the same machine needs, in the same run, for
    the least that cannot be left out (reading the bare bytes, say), None where there is no such thing; `limit_is` says
    what it stands for.
    """

    part: str
    what: str
    value: float
    unit: str
    target: float | None = None
    limit: float | None = None
    limit_is: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return None if self.target is None else self.value <= self.target

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; `Figure(**…)` is the way back."""
        return asdict(self)


def shown(value: float | None, unit: str) -> str:
    """A value with its unit: short seconds in milliseconds, counts without a point, nothing for None."""
    if value is None:
        return ""
    if unit == "s":
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
    return f"{value:,.0f} {unit}".rstrip()


def table(figures: Iterable[Figure], failures: Iterable[tuple[str, str]] = ()) -> Table:
    """Figures in their order, a line between parts; `failures` are (part, why) of those that gave none."""
    made = Table(title="kypek-sync: figure, target, limit", show_lines=False)
    for heading, justify in (("Part", "left"), ("What", "left"), ("Figure", "right"), ("Target", "right")):
        made.add_column(heading, justify="right" if justify == "right" else "left")
    made.add_column("Limit", justify="right")
    made.add_column("The limit is", style="dim")
    part = ""
    for figure in figures:
        if part and figure.part != part:
            made.add_section()
        style = {True: "green", False: "red", None: ""}[figure.kept]
        made.add_row(
            figure.part if figure.part != part else "",
            figure.what,
            f"[{style}]{shown(figure.value, figure.unit)}[/{style}]" if style else shown(figure.value, figure.unit),
            shown(figure.target, figure.unit),
            shown(figure.limit, figure.unit),
            figure.limit_is,
        )
        part = figure.part
    for name, why in failures:
        made.add_section()
        made.add_row(name, f"[red]no figures: {why}[/red]", "", "", "", "")
    return made
