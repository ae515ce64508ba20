"""Asks a person before something is done that others notice."""

from __future__ import annotations

import sys

from kypek_sync.cli.asking import confirmed
from kypek_sync.cli.context import Context, Said


def agreed(its: Context, question: str, *, yes: bool) -> None:
    """Go on if `yes`, or if the person at the terminal says so. Raises `Said` if not, or if nobody is there to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Said(its.text("Nothing was changed: nobody is here to be asked. Add --yes if it is meant."))
    if not confirmed(question, its.text):
        raise Said(its.text("Nothing was changed."))
