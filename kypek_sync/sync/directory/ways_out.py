"""What a person can do about a read that counts only in part, in a sentence for each reason that a person can lift."""

from __future__ import annotations


def smaller(system: str) -> str:
    """It shows far fewer than before."""
    return f"If it really has become so small: `kypek-sync directory accept {system} --why TEXT`."


def numbers(system: str) -> str:
    """It shows nobody's registry number any more."""
    return f"If numbers are not to be read there any more: `kypek-sync directory accept {system} --numbers --why TEXT`."


def groups(system: str) -> str:
    """It shows nobody in a group any more."""
    return f"If nobody is in a group there any more: `kypek-sync directory accept {system} --groups --why TEXT`."


def clock(system: str) -> str:
    """It was read as of a moment that is later than now by our clock."""
    return f"If our clock was ahead then and is right now: `kypek-sync directory accept {system} --clock --why TEXT`."
