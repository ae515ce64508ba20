"""Which connectors are installed. Anybody may ship one: it registers a `ConnectorSpec` as an entry point.

A connector is imported when it is first asked for, so that one that is broken, or slow to import, costs nothing to
those who do not use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from kypek_sync.contract import ENTRY_POINT_GROUP, ConnectorSpec
from kypek_sync.settings import ConnectorEntry

OUR_DISTRIBUTION = "kypek-sync"

_IMPORT_FAILURES = (
    ImportError,
    AttributeError,
    SyntaxError,
    NameError,
    TypeError,
    ValueError,
    LookupError,
    OSError,
    RuntimeError,
)
"""What importing somebody else's module can raise when it is broken."""


class BrokenPlugin(Exception):
    """An installed connector cannot be used; the message names its distribution and what to do."""


class Installed(Mapping[str, ConnectorSpec]):
    """The installed connectors by type, each imported when it is first looked up.

    Looking one up raises `BrokenPlugin` if it cannot be imported or is not a connector. `only` keeps those of one
    distribution.
    """

    def __init__(self, points: Mapping[str, EntryPoint]) -> None:
        self._points = dict(sorted(points.items()))
        self._specs: dict[str, ConnectorSpec] = {}

    def __getitem__(self, name: str) -> ConnectorSpec:
        if name not in self._specs:
            self._specs[name] = _imported(self._points[name])
        return self._specs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)

    def only(self, distribution: str) -> Installed:
        """Those that `distribution` ships."""
        return Installed({name: point for name, point in self._points.items() if _distribution(point) == distribution})


@cache
def installed() -> Installed:
    """The connectors of this Python environment. Raises `BrokenPlugin` when two distributions use one name."""
    return arranged(entry_points(group=ENTRY_POINT_GROUP))


def arranged(points: Iterable[EntryPoint]) -> Installed:
    """Entry points by name. Raises `BrokenPlugin` when two distributions use one name."""
    found: dict[str, EntryPoint] = {}
    for point in points:
        other = found.get(point.name)
        if other is not None and other.value != point.value:
            raise BrokenPlugin(
                f"Two packages offer the connector {point.name}: {_distribution(other)} and {_distribution(point)}. "
                "Uninstall one of them."
            )
        found.setdefault(point.name, point)
    return Installed(found)


def specs() -> dict[str, ConnectorSpec]:
    """All installed connectors, imported. Raises `BrokenPlugin` when one of them is broken."""
    return dict(installed().items())


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown package"


def _imported(point: EntryPoint) -> ConnectorSpec:
    try:
        spec = point.load()
    except _IMPORT_FAILURES as error:
        raise _broken(point, f"cannot be imported ({type(error).__name__}: {error})") from error
    if not isinstance(spec, ConnectorSpec):
        raise _broken(point, f"offers {point.value}, which is no ConnectorSpec")
    if spec.name != point.name:
        raise _broken(point, f"calls itself {spec.name}; both names must be the same")
    taken = sorted(set(ConnectorEntry.model_fields) & set(spec.settings.model_fields))
    if taken:
        raise _broken(point, f"has a setting called {taken[0]}, which every connector has already")
    return spec


def _broken(point: EntryPoint, what: str) -> BrokenPlugin:
    package = _distribution(point)
    return BrokenPlugin(
        f"The connector {point.name} of the package {package} {what}. Update {package}, or ask its authors."
    )
