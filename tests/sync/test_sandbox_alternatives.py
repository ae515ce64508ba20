"""What the sandbox's settings offer in comments works once somebody takes the comments away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kypek_sync.sandbox.start import start
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.run import sync

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def without_comments(text: str, heading: str) -> str:
    """The block after this comment, up to the next line that is none, made part of the settings."""
    before, _, after = text.partition(heading)
    lines = after.split("\n")
    end = next(number for number, line in enumerate(lines) if number and not line.startswith("  # "))
    return before + heading + "\n".join([lines[0], *(f"  {line[4:]}" for line in lines[1:end]), *lines[end:]])


def test_the_helpdesk_over_soap_takes_the_ticket(tmp_path: Path) -> None:
    """The block lacked the product's name, so every ticket waited for ever for an operation that nobody had written."""
    moments = iter([NOW, NOW + timedelta(minutes=10)])
    with start(tmp_path / "sandbox", people=50, units=20, seminars=6, now=lambda: NOW) as sandbox:
        text = without_comments(sandbox.settings.read_text(encoding="utf-8"), "  # Helpdesk με SOAP")
        sandbox.settings.write_text(text.replace("helpdesk: rt", "helpdesk: soap"), encoding="utf-8")
        for moment in moments:
            with Installation.open(sandbox.settings, lambda at=moment: at) as inst:  # type: ignore[misc]
                reports = {one.lane: one for one in sync(inst, lanes=("directory", "seats", "tickets"))}
        assert reports["tickets"].counts["open cases"] == 1
        assert not reports["tickets"].failed
        assert len(sandbox.worlds.soap.tickets()) == 1
        assert not sandbox.worlds.rt.tickets()
