"""Reads `kypek.yaml` into validated settings; secrets by reference.

`load(file)` gives `Loaded` or raises `SettingsError` with every mistake, its line, its key and how to mend it.
`kypek_sync.plugins.load` does the same and checks connectors' own settings too.
"""

from kypek_sync.settings.checks import is_loopback
from kypek_sync.settings.directorates import Directorate, directorates, directorates_of, labels
from kypek_sync.settings.document import Document, Keys
from kypek_sync.settings.problems import Problem, SettingsError, listed, nearest
from kypek_sync.settings.reading import Examined, Loaded, examine, load
from kypek_sync.settings.secrets import SecretPlaces
from kypek_sync.settings.shape import (
    AnnouncedPeriod,
    Clashes,
    ConnectorEntry,
    DirectoryRules,
    Intervals,
    KypekEntry,
    Limits,
    Mode,
    MonthlyProgramme,
    RegisterRules,
    Retention,
    Settings,
    StructureEntry,
    WebSettings,
)
from kypek_sync.settings.validation import validated

__all__ = [
    "AnnouncedPeriod",
    "Clashes",
    "ConnectorEntry",
    "Directorate",
    "DirectoryRules",
    "Document",
    "Examined",
    "Intervals",
    "Keys",
    "KypekEntry",
    "Limits",
    "Loaded",
    "Mode",
    "MonthlyProgramme",
    "Problem",
    "RegisterRules",
    "Retention",
    "SecretPlaces",
    "Settings",
    "SettingsError",
    "StructureEntry",
    "WebSettings",
    "directorates",
    "directorates_of",
    "examine",
    "is_loopback",
    "labels",
    "listed",
    "load",
    "nearest",
    "validated",
]
