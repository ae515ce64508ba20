"""`check`: tries everything that the settings name, and says what is missing and what it would add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.markup import escape

import kypek_sync.cli.context as shared
import kypek_sync.cli.period_words as period_words
import kypek_sync.cli.register_words as register_words
import kypek_sync.cli.wrong_clock as wrong_clock
from kypek_sync.cli.asking_days import ask_days
from kypek_sync.cli.context import Context
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.plan_words import JOIN
from kypek_sync.cli.subjects import scope_word, subject_word
from kypek_sync.cli.tables import table, when
from kypek_sync.contract import Capability, Probe, ProbeLevel, ProbeLine, Reading
from kypek_sync.language import Text
from kypek_sync.ledger import breakers, clock_ahead, cursors, reads
from kypek_sync.ledger.reads import Extent, LastRead
from kypek_sync.model import FindingLevel, local
from kypek_sync.notices.overrides import OVERRIDABLE
from kypek_sync.plugins.connectors import READ_ONLY
from kypek_sync.programme import ProgrammeUnreadable
from kypek_sync.programme.addresses import same_server
from kypek_sync.settings import KypekEntry, Mode
from kypek_sync.sync.directory.believing import last_good
from kypek_sync.sync.directory.register import standing
from kypek_sync.sync.directory.scopes import last_reads
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.overview import read_programme
from kypek_sync.sync.programmes import homes_of

AT_ONCE = 4
"""Connectors that are tried side by side: one that hangs does not keep the others waiting."""

LEVELS = {ProbeLevel.OK: "ok", ProbeLevel.WARNING: "warning", ProbeLevel.PROBLEM: "PROBLEM"}

ABSENT = {
    "directory": "Without a directory nobody's specialty or unit is known: all applications wait for identification.",
    "courses": "Without a course platform nobody can apply and no course is made; programmes are still checked.",
    "rooms": "Without a room server sessions at a distance have no room, and presence is not recorded.",
    "helpdesk": "Without a helpdesk cases are only shown by `status` and `tickets`; nobody is told of them.",
    "post": "Without a mail server people are not told of their seats; the notices wait in the outbox.",
}
"""What each missing role would add, by its key in the settings."""

WORKS = {
    "": "programmes are checked and approved, seminars are listed and have their page",
    "directory": "people, their specialty and their unit are known",
    "courses": "courses are made, applications are read and seats are given",
    "rooms": "sessions at a distance have a room, presence is recorded",
    "helpdesk": "cases become tickets",
    "post": "people are told of their seats",
}
"""What works, by the role that it needs; with no role at all, the first."""
BY_LISTS = (
    "courses are made; people apply on the seminars' pages, or by lists that officers hand in: nobody is seen to apply "
    "there"
)
"""What works of courses where a platform tells nobody who is in them."""

MODES = {
    Mode.OBSERVE: "it is read, nothing in it is changed",
    Mode.PROPOSE: "every change waits for approval",
    Mode.APPLY: "changes are made",
}
LOOK_AT_IT = "See whether the export or the directory is whole, then: `kypek-sync directory refresh`."
ONLY_READ = "nothing can be changed in it: it is only read"
"""In place of these for what has no role in which anything is written, whatever its mode."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    where: str
    level: ProbeLevel
    subject: str
    text: str
    next_step: str = ""
    asks: str = ""


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command()(check)


def check(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False
) -> None:
    """Try settings, ledger, every connector and every programme. Exit code 1 if something is wrong."""
    its = shared.of(context)
    with its.installation() as inst:
        probes = _probes(inst)
        tried = list(_connectors(inst, probes, its.text))
        looked = {(one.system, one.scope): one for probe in probes.values() for one in probe.readings}
        troubled = frozenset(line.where for line in tried if line.level is ProbeLevel.PROBLEM)
        lines = [
            Line("kypek-sync", ProbeLevel.OK, "settings", its.text("%(file)s is right.", file=its.file)),
            Line("kypek-sync", ProbeLevel.OK, "ledger", its.text("%(name)s is open.", name=inst.ledger.name)),
            *_periods(inst, its.text),
            *_servers_twice(inst, its.text),
            *_letters(inst, its.text),
            *tried,
            *(x for one in sorted(inst.loaded.settings.kypeks) for x in _kypek(inst, one, troubled, looked, its.text)),
        ]
        modes, loaded = inst.modes(), inst.loaded
        only_read = {name for name in modes if not inst.connectors.spec(name).roles - READ_ONLY}
        bare = not any(_roles(inst.kypek(one)) for one in inst.loaded.settings.kypeks)
    if as_json:
        its.json({"lines": [asdict(line) for line in lines], "modes": {n: m.value for n, m in sorted(modes.items())}})
    else:
        _show(its, lines, {name: _mode_line(mode, name in only_read) for name, mode in modes.items()}, bare=bare)
        ask_days(its, loaded, [(line.where, line.asks) for line in lines if line.asks])
    raise typer.Exit(1 if any(line.level is ProbeLevel.PROBLEM for line in lines) else 0)


def _periods(inst: Installation, text: Text) -> Iterator[Line]:
    """Announced periods: the one that is on, those to come, and those that are over and should go."""
    periods, today = inst.loaded.settings.announced_periods, local(inst.clock()).date()
    for period in periods:
        if period.ends < today:
            sentence = period_words.left_over(period, text)
            yield Line("kypek-sync", ProbeLevel.WARNING, "announced_periods", sentence)
        else:
            word = period_words.on if period.starts <= today else period_words.coming
            yield Line("kypek-sync", ProbeLevel.OK, "announced_periods", word(period, text))


def _letters(inst: Installation, text: Text) -> Iterator[Line]:
    """The administrator's own words of letters, each tried with an example."""
    overrides = inst.overrides()
    if overrides.folder is not None and not overrides.folder.is_dir():
        sentence = text("%(path)s is not a folder.", path=overrides.folder)
        yield Line("kypek-sync", ProbeLevel.PROBLEM, "letters", sentence, text("Name a folder as `templates:`."))
    for kind in OVERRIDABLE:
        if (file := overrides.file(kind)) is None:
            continue
        overrides.example(kind, inst.text)
        if (trouble := overrides.troubles.get(kind)) is not None:
            yield Line("kypek-sync", ProbeLevel.PROBLEM, "letters", trouble.said(text))
        else:
            yield Line("kypek-sync", ProbeLevel.OK, "letters", text("%(file)s is right.", file=file))
    for file in overrides.unknown():
        sentence = text("%(file)s is the name of no letter, and is not used.", file=file)
        yield Line("kypek-sync", ProbeLevel.WARNING, "letters", sentence, text("See: kypek-sync notices preview"))


def _servers_twice(inst: Installation, text: Text) -> Iterator[Line]:
    """Course platforms that are one and the same server, whatever their connectors are called and however its address
    is written: what seminars share there would be doubled."""
    for names in same_server(homes_of(inst.loaded, inst.connectors)):
        sentence = text(
            "%(names)s are one server: a course that seminars of both share would be kept by each for itself, and "
            "people whom one lets in would be strangers to the other.",
            names=", ".join(names),
        )
        yield Line(
            "kypek-sync", ProbeLevel.PROBLEM, "settings", sentence, text("Keep one; several centres may share it.")
        )


def _mode_line(mode: Mode, only_read: bool) -> tuple[str, str]:
    """The mode's name and what it means, as a message id."""
    return mode.value, ONLY_READ if only_read else MODES[mode]


def _show(its: Context, lines: list[Line], modes: dict[str, tuple[str, str]], *, bare: bool) -> None:
    text = its.text
    rows = [
        (line.where, text(LEVELS[line.level]), subject_word(line.subject, text), line.text, line.next_step)
        for line in lines
    ]
    its.out.print(table(("Where", "Result", "What", "Finding", "What to do"), rows, text))
    its.out.print()
    for name, (mode, means) in sorted(modes.items()):
        its.out.print(f"{escape(name)}: [bold]{mode}[/bold], {text(means)}")
    problems = sum(line.level is ProbeLevel.PROBLEM for line in lines)
    warnings = sum(line.level is ProbeLevel.WARNING for line in lines)
    its.out.print()
    if problems:
        its.out.print(text("%(problems)s problems, %(warnings)s warnings.", problems=problems, warnings=warnings))
    elif bare:
        out = text(
            "No server is set yet: only what needs none works. `kypek-sync requests` writes the letters for each."
        )
        its.out.print(out, markup=False)
    elif warnings:
        its.out.print(text("Everything works; %(warnings)s warnings.", warnings=warnings))
    else:
        its.out.print(text("Everything works."))


def _probes(inst: Installation) -> dict[str, Probe]:
    """What each connector says of itself."""
    names = inst.connectors.names()

    def probed(name: str) -> Probe:
        return inst.connectors.named(name).probe()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(names, pool.map(probed, names), strict=True))


def _connectors(inst: Installation, probes: Mapping[str, Probe], text: Text) -> Iterator[Line]:
    for name, probe in probes.items():
        if all(line.level is not ProbeLevel.PROBLEM for line in probe.lines):
            with inst.ledger.begin() as connection:  # it may have been left in peace: the next pass may try again
                breakers.half_open(connection, {name}, inst.clock())
        for line in probe.lines:
            yield _line(name, line, text)
        yield from _shrunk(inst, name, probe, text)


def _shrunk(inst: Installation, name: str, probe: Probe, text: Text) -> Iterator[Line]:
    """What a pass would not believe of an export that none has read yet: one that was cut between two entries looks
    whole, and only the last good read shows that so much is missing; before the first nothing does, which is said. What
    was read already is told by `_doubted`."""
    share = inst.loaded.settings.directory_rules.smallest_share
    told = any(line.subject == "whole" for line in probe.lines)
    units = {one.scope for one in probe.readings} - {"people"}
    for one in probe.readings:
        with inst.ledger.begin(keep=False) as connection:
            last = reads.last(connection, name, one.scope)
            if one.scope == "people":
                last = last_good(connection, name, one.scope, units)
        if last is None or (last.good_as_of is None and last.as_of != one.as_of):
            if one.scope == "people" and one.complete and not one.proven and not told:
                first = "No export was read before it: see by the number of people (%(count)s) whether it is whole."
                yield Line(name, ProbeLevel.WARNING, "whole", text(first, count=one.entries))
            continue
        is_read = not last.complete and last.as_of == one.as_of
        if is_read or (one.scope == "units" and "units" in one.without):
            continue
        whole = Extent(name, one.scope, one.as_of, one.entries, complete=True, proven=one.proven)
        if why := whole.believed(last, share).why_partial:
            facts = {"scope": scope_word(one.scope, text), "why": worded(why, text)}
            sentence = text("The next read of it will not be believed whole, %(scope)s: %(why)s", **facts)
            yield Line(name, ProbeLevel.PROBLEM, "whole", sentence, text(LOOK_AT_IT))


def _line(where: str, line: ProbeLine, text: Text) -> Line:
    """A connector's own sentence, in our language where the catalogue knows it."""
    return Line(where, line.level, line.subject, worded(line.text, text), worded(line.next_step, text), line.asks)


def _kypek(
    inst: Installation, kypek: str, troubled: frozenset[str], looked: Mapping[tuple[str, str], Reading], text: Text
) -> Iterator[Line]:
    entry = inst.kypek(kypek)
    yield Line(kypek, ProbeLevel.OK, "works", JOIN.join(_working(inst, entry, troubled, text)) + ".")
    yield from _dated_later(inst, kypek, entry, text)
    yield from _doubted(inst, kypek, entry, looked, text)
    for role in ABSENT:
        if not getattr(entry, role):
            step = text("Add `%(role)s:` to %(kypek)s in the settings.", role=role, kypek=kypek)
            yield Line(kypek, ProbeLevel.WARNING, role, text(ABSENT[role]), step)
    if entry.all_mail_to:
        step = text("Take `all_mail_to:` out of %(kypek)s when the trial is over.", kypek=kypek)
        loud = text("ALL MAIL GOES TO %(address)s: nobody else is told anything.", address=entry.all_mail_to)
        yield Line(kypek, ProbeLevel.WARNING, "post", loud, step)
    if entry.helpdesk and not entry.queue:
        step = text("Add `%(role)s:` to %(kypek)s in the settings.", role="queue", kypek=kypek)
        yield Line(kypek, ProbeLevel.WARNING, "queue", text("Tickets go to the helpdesk's default queue."), step)
    if entry.units_register:
        yield _register(inst, kypek, text)
    if not entry.structures:
        step = text("Add `%(role)s:` to %(kypek)s in the settings.", role="structures", kypek=kypek)
        yield Line(kypek, ProbeLevel.WARNING, "structures", text("No structure is named, so nothing is offered."), step)
    yield from _structures(inst, kypek, entry, text)


def _working(inst: Installation, entry: KypekEntry, troubled: frozenset[str], text: Text) -> Iterator[str]:
    """What works now: not what needs a connector that has a problem; of people, what is known from before."""
    yield text(WORKS[""])
    for role in _roles(entry):
        if role == "courses" and entry.courses not in troubled and not _lists_members(inst, entry.courses):
            yield text(BY_LISTS)
        elif getattr(entry, role) not in troubled:
            yield text(WORKS[role])
        elif role == "directory":
            yield from _known(inst, entry.directory, text)


def _lists_members(inst: Installation, platform: str) -> bool:
    """Whether a platform tells who is in its courses; one that cannot say what it can do is not judged."""
    _, abilities, _ = inst.platforms(frozenset({platform}))
    return Capability.MEMBER_LIST in abilities.get(platform, (Capability.MEMBER_LIST,))


def _known(inst: Installation, directory: str, text: Text) -> Iterator[str]:
    """When the people of a directory were last read whole, and what had changed of them since."""
    with inst.ledger.begin(keep=False) as connection:
        stands = cursors.standing(connection, directory)
    if stands.full_at is None:
        return
    if stands.how is cursors.How.CHANGES and stands.taken_at is not None and stands.taken_at > stands.full_at:
        facts = {"full": when(stands.full_at), "taken": when(stands.taken_at)}
        yield text("people are known as they were read in full on %(full)s, with what changed until %(taken)s", **facts)
    else:
        yield text("people are known as the last good read showed them (%(when)s)", when=when(stands.full_at))


def _doubted(
    inst: Installation, kypek: str, entry: KypekEntry, looked: Mapping[tuple[str, str], Reading], text: Text
) -> Iterator[Line]:
    """A last read of the directory that was not believed: a problem until the next. What its connector says of the same
    export by itself is not told twice."""
    with inst.ledger.begin(keep=False) as connection:
        last = last_reads(connection, inst, entry.directory) if entry.directory else []
    for one in last:
        shown = looked.get((one.system, one.scope))
        if one.complete or (one.doubt != reads.SIZE and shown is not None and not _refused(one, shown)):
            continue
        facts = {"system": one.system, "scope": scope_word(one.scope, text), "why": worded(one.why_partial, text)}
        sentence = text("%(system)s: %(scope)s was read only in part: %(why)s", **facts)
        yield Line(kypek, ProbeLevel.PROBLEM, "directory", sentence, text(LOOK_AT_IT))


def _dated_later(inst: Installation, kypek: str, entry: KypekEntry, text: Text) -> Iterator[Line]:
    """What was read as of a moment that is still to come, which keeps all later reads from counting."""
    with inst.ledger.begin(keep=False) as connection:
        found = clock_ahead.of_those(connection, (entry.directory, entry.units_register), inst.clock())
    for system, until in found:
        sentence, step = wrong_clock.ahead(system, until, text), wrong_clock.way_out(system, text)
        yield Line(kypek, ProbeLevel.PROBLEM, "directory", sentence, step)


def _refused(last: LastRead, shown: Reading) -> bool:
    """Whether the last read of an export, which is as its connector shows it, found what that does not see."""
    return shown.complete and shown.as_of == last.as_of


def _roles(entry: KypekEntry) -> list[str]:
    """The roles that something fills."""
    return [role for role in ABSENT if getattr(entry, role)]


def _register(inst: Installation, kypek: str, text: Text) -> Line:
    """How old what is held of the register of units is."""
    with inst.ledger.begin(keep=False) as connection:
        found = standing(connection, inst, inst.kypek(kypek).units_register)
    sentence = register_words.line(found, inst.clock(), text)
    if not found.is_old:
        return Line(kypek, ProbeLevel.OK, "units_register", sentence)
    step = text("It is read with the directory: `kypek-sync directory refresh` does it now, if it answers.")
    return Line(kypek, ProbeLevel.WARNING, "units_register", sentence, step)


def _structures(inst: Installation, kypek: str, entry: KypekEntry, text: Text) -> Iterator[Line]:
    for key, structure in sorted(entry.structures.items()):
        where = f"{kypek} {key}"
        if structure.programme is None:
            step = text("Add `programme:` to it; `kypek-sync programme template` writes an empty one.")
            yield Line(where, ProbeLevel.WARNING, "programme", text("It has no programme."), step)
        else:
            yield _programme(inst, kypek, key, where, text)
        if structure.inbox is not None:
            folder = inst.loaded.path(structure.inbox)
            if folder.exists() and not folder.is_dir():
                sentence = text("%(path)s is not a folder.", path=folder)
                yield Line(where, ProbeLevel.PROBLEM, "inbox", sentence, text("Name a folder as `inbox:`."))


def _programme(inst: Installation, kypek: str, structure: str, where: str, text: Text) -> Line:
    with inst.ledger.begin(keep=False) as connection:
        try:
            reading = read_programme(connection, inst, kypek, structure)
        except ProgrammeUnreadable as error:
            return Line(where, ProbeLevel.PROBLEM, "programme", error.said(text))
    errors = sum(mistake.level is FindingLevel.ERROR for mistake in reading.mistakes)
    sentence = text(
        "%(file)s: seminars that are right: %(seminars)s, kept back: %(held)s. Mistakes: %(errors)s.",
        file=reading.file.name,
        seminars=len(reading.seminars),
        held=len(reading.held),
        errors=errors,
    )
    if not errors:
        return Line(where, ProbeLevel.OK, "programme", sentence)
    step = text(
        "See them all: kypek-sync programme validate %(file)s --structure %(structure)s",
        file=reading.file,
        structure=structure,
    )
    return Line(where, ProbeLevel.WARNING, "programme", sentence, step)
