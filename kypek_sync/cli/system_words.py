"""What the operating system says of a file or a port, in the language of whoever reads it."""

from __future__ import annotations

from pathlib import Path

from kypek_sync.cli.context import Said
from kypek_sync.language import Text


def os_word(error: OSError, text: Text) -> str:
    """Why it refused: its own words where the catalogue (`connectors_system.po`) does not know them."""
    return text(error.strerror or str(error) or type(error).__name__)


def unwritable(file: Path | str, error: OSError, text: Text) -> Said:
    """The end of a command whose file cannot be written."""
    return Said(text("%(file)s cannot be written: %(why)s", file=file, why=os_word(error, text)))
