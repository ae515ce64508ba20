"""Finds connectors by entry point (`kypek_sync.connectors`) and builds them from settings.

`load(file)` reads settings and checks connectors' own settings in the same breath; `Connectors` builds what a centre
uses, when it is first used.
"""

from kypek_sync.plugins.connectors import Connectors, UnknownConnector
from kypek_sync.plugins.discovery import BrokenPlugin, Installed, specs
from kypek_sync.plugins.entries import load

__all__ = ["BrokenPlugin", "Connectors", "Installed", "UnknownConnector", "load", "specs"]
