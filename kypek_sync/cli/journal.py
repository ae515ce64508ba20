"""`journal list|verify|export|head`: what was decided and done, in a chain that shows any later change of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.holds import STATES
from kypek_sync.cli.journal_files import FORMATS, Asked, write
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.plan_words import VERBS
from kypek_sync.cli.system_words import unwritable
from kypek_sync.cli.tables import table, when
from kypek_sync.ledger import journal as ledger
from kypek_sync.ledger import journal_heads, journal_people
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.journal import Head, Kind
from kypek_sync.ledger.journal_check import Break, Fault, Unexplained, Verdict, known_chains, unexplained, verify
from kypek_sync.ledger.journal_heads import DaysHead, HeadsUnwritable
from kypek_sync.ledger.journal_reading import Line, newest
from kypek_sync.model import ATHENS, SeatState, local
from kypek_sync.seminar.reasons import state_word
from kypek_sync.sync.installation import Installation

journal = typer.Typer(no_args_is_help=True, help="What was decided and done, in a chain that shows any change of it.")

KINDS = {
    Kind.DECISION: "seat decided",
    Kind.CHANGE: "change made",
    Kind.SETTLED: "change looked up",
    Kind.HOLD: "hold decided",
    Kind.APPROVAL: "programme approved",
    Kind.DEPARTURE: "left the directory",
    Kind.RETURN: "back in the directory",
    Kind.PAUSE: "a pause began",
    Kind.RESUME: "a pause ended",
    Kind.RULING: "an application decided by name",
    Kind.SESSION: "a session was cancelled, moved or put off",
    Kind.LIST: "a list of applicants was handed in",
    Kind.APPLICATION: "an application on a seminar's page",
    Kind.PIN: "something was pinned",
    Kind.RELEASE: "a pin was released",
    Kind.UNDO: "run undone",
    Kind.ACCEPTED: "a smaller directory, one without numbers or groups, or a wrong clock, accepted",
    Kind.IDENTITY: "whose a login is was decided",
    Kind.FORGOTTEN: "person forgotten",
    Kind.ERASED: "old contents erased",
}
"""What entries record, in words."""

FAULTS = {
    Fault.GAP: "numbers are missing before it",
    Fault.BEFORE: "it does not follow the entry before it",
    Fault.HASH: "it was altered",
    Fault.COMMITMENT: "what it says was altered",
    Fault.CONTENT_MISSING: "what it says was removed, and no entry tells why",
    Fault.CONTENT_ASTRAY: "there is a content without an entry",
    Fault.PERSON: "who it is about was altered",
    Fault.PERSON_MISSING: "who it is about was removed, and no entry tells why",
    Fault.HEAD: "it is not the one that was written out",
}
"""What can be wrong, in words."""

UNEXPLAINED = {
    "receipt": "the answer to change %(number)s of run %(run)s has no entry",
    "look-up": "change %(number)s of run %(run)s was looked up without an entry",
    "entry": "entry %(number)s of run %(run)s tells of an answer that is not there",
}
"""What the journal does not explain, in words."""

One = Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Day = Annotated[datetime | None, typer.Option(formats=["%d/%m/%Y", "%Y-%m-%d"])]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(journal, name="journal")


@journal.command("list")
def list_entries(
    context: typer.Context,
    kypek: One = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many.")] = 20,
    as_json: Json = False,
) -> None:
    """The newest entries, the last one at the end."""
    its = shared.of(context)
    found: list[Line] = []
    names: dict[str, str] = {}
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        for one in choosing.kypeks(its, inst, kypek):
            found += newest(connection, one, limit)
            names |= journal_people.logins(connection, one)
    found = sorted(found, key=lambda line: (line.at, line.kypek, line.number))[-limit:]
    if as_json:
        its.json([line.plain(names.get(line.person, "")) for line in found])
        return
    headings = ("KYPEK", "Number", "When", "What", "Run", "Who", "Details")
    its.out.print(table(headings, [_row(its, line, names) for line in found], its.text))


@journal.command("verify")
def verify_chains(
    context: typer.Context,
    kypek: One = None,
    heads: Annotated[
        Path | None, typer.Option("--heads", help="Heads that were written out earlier, best a copy kept elsewhere.")
    ] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Also whether it explains every change.")] = False,
    as_json: Json = False,
) -> None:
    """Check every chain: numbers, hashes, contents, names, earlier heads. Exit code 1 if anything is wrong."""
    its = shared.of(context)
    with its.installation() as inst:
        written = _heads(its, heads)
        with inst.ledger.begin(keep=False) as connection:
            chains = [kypek] if kypek else sorted({*inst.loaded.settings.kypeks, *known_chains(connection)})
            written += journal_heads.recorded(connection)
        verdicts = [verify(inst.ledger, one, _of(written, one)) for one in chains]
        silent = {one: _unexplained(inst, one) if deep else [] for one in chains}
    wrong = any(not verdict.whole for verdict in verdicts) or any(silent.values())
    if as_json:
        its.json([_verdict(verdict, silent[verdict.kypek]) for verdict in verdicts])
    else:
        for verdict in verdicts:
            for sentence in _told(its, verdict, silent[verdict.kypek]):
                its.out.print(sentence, markup=False)
    raise typer.Exit(1 if wrong else 0)


@journal.command("export")
def export_entries(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    form: Annotated[str, typer.Option("--format", help="csv or json; else by the file's name.")] = "",
    kypek: One = None,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%d/%m/%Y", "%Y-%m-%d"], help="The first day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%d/%m/%Y", "%Y-%m-%d"], help="The last day.")
    ] = None,
    named: Annotated[
        bool, typer.Option("--names/--no-names", help="With logins where these are still known; else opaque ids.")
    ] = False,
) -> None:
    """Write the journal to a file, for an auditor. Without names, free text that could name people is left out too."""
    its = shared.of(context)
    form = form or _form_of(its, output)
    if form not in FORMATS:
        raise typer.BadParameter(its.text("%(name)s: not one of csv, json", name=form), param_hint="--format")
    with its.installation() as inst:
        asked = Asked(
            choosing.kypeks(its, inst, kypek),
            _start(since) if since else None,
            _start(until + timedelta(days=1)) if until else None,
            named=named,
        )
        try:
            count = write(inst.ledger, output, form, asked)
        except OSError as error:
            raise unwritable(output, error, its.text) from error
    its.out.print(its.text("%(count)s entries are in %(file)s.", count=count, file=output), markup=False)


@journal.command("head")
def show_heads(context: typer.Context, kypek: One = None) -> None:
    """The last entry of each chain as it is now, in the form in which heads are written out daily."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        day = local(its.clock()).date().isoformat()
        for one in choosing.kypeks(its, inst, kypek):
            its.out.print(str(DaysHead(one, day, ledger.head(connection, one))), markup=False)


def _form_of(its: Context, file: Path) -> str:
    """The format that a file's ending asks for. Wrong usage where it asks for none that there is."""
    form = file.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        known = ", ".join(f".{one}" for one in FORMATS)
        sentence = its.text("the ending of %(file)s names no form; known: %(known)s", file=file.name, known=known)
        raise typer.BadParameter(sentence, param_hint="--output")
    return form


def _heads(its: Context, file: Path | None) -> list[DaysHead]:
    try:
        return journal_heads.read(file) if file is not None else []
    except HeadsUnwritable as error:
        raise Said(worded(str(error), its.text)) from error


def _of(written: list[DaysHead], kypek: str) -> list[tuple[str, Head]]:
    return [(one.day, one.head) for one in written if one.kypek == kypek]


def _unexplained(inst: Installation, kypek: str) -> list[Unexplained]:
    with inst.ledger.begin(keep=False) as connection:
        return unexplained(connection, kypek)


def _start(day: datetime) -> datetime:
    """The beginning of a day in Greece."""
    return datetime.combine(day.date(), time.min, ATHENS).astimezone(UTC)


def _told(its: Context, verdict: Verdict, silent: list[Unexplained]) -> Iterator[str]:
    text = its.text
    if verdict.whole:
        yield text(
            "%(kypek)s: %(count)s entries, unbroken. Contents: %(contents)s, erased: %(erased)s. Head: %(hash)s",
            kypek=verdict.kypek,
            count=verdict.head.number,
            contents=verdict.contents,
            erased=verdict.erased,
            hash=verdict.head.hash,
        )
    else:
        first = verdict.breaks[0]
        yield text(
            "%(kypek)s: BROKEN at entry %(number)s: %(what)s",
            kypek=verdict.kypek,
            number=first.number,
            what=_what(its, first),
        )
        if len(verdict.breaks) > 1:
            yield "  " + text("and %(count)s more places (--json shows all)", count=len(verdict.breaks) - 1)
    for one in silent:
        run = one.run if one.run is not None else "–"
        yield f"{verdict.kypek}: " + text(UNEXPLAINED[one.what], number=one.number, run=run)


def _what(its: Context, found: Break) -> str:
    said = its.text(FAULTS[found.fault])
    return f"{said} ({found.detail})" if found.detail else said


def _verdict(verdict: Verdict, silent: list[Unexplained]) -> dict[str, Any]:
    return {
        "kypek": verdict.kypek,
        "whole": verdict.whole,
        "entries": verdict.head.number,
        "hash": verdict.head.hash,
        "contents": verdict.contents,
        "erased": verdict.erased,
        "breaks": [{"number": b.number, "fault": b.fault.value, "detail": b.detail} for b in verdict.breaks],
        "unexplained": [{"what": u.what, "number": u.number, "run": u.run} for u in silent],
    }


def _row(its: Context, line: Line, names: dict[str, str]) -> tuple[object, ...]:
    at = datetime.fromisoformat(line.at)
    who = names.get(line.person, its.text("forgotten")) if line.person else ""
    kind = its.text(KINDS[Kind(line.kind)])
    return line.kypek, line.number, when(at), kind, line.run or "", who, _details(its, line, names)


def _word(its: Context, key: str, value: str) -> str:
    """A value that stands in the chain as a stable word, as people say it: what became of a seat or of a hold."""
    if key == "after" and value in set(SeatState):
        return state_word(SeatState(value), its.text)
    return its.text(STATES[HoldState(value)]) if key == "state" and value in set(HoldState) else value


def _details(its: Context, line: Line, names: dict[str, str]) -> str:
    if line.content is None:
        return its.text("erased")
    content = dict(line.content)
    parts = [its.text(VERBS[word]) if (word := content.get("verb", "")) in VERBS else ""]
    parts += [
        _word(its, key, str(content.get(key) or ""))
        for key in ("seminar", "object", "system", "structure", "state", "after", "name")
        if not isinstance(content.get(key), list)
    ]
    parts += [login_shown(names.get(one, "")) for key in ("who", "whom") for one in content.get(key, ())[:5]]
    return " ".join(part for part in parts if part)
