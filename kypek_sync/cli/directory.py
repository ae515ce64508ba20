"""`directory refresh|find|person|unit|findings|accept`: who the directory says people are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.leaving_words as leaving_words
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.explain import KINDS
from kypek_sync.cli.foreign_words import finding_word, worded
from kypek_sync.cli.report import show
from kypek_sync.cli.tables import table, when
from kypek_sync.contract import capitals
from kypek_sync.language import Text
from kypek_sync.ledger import lookups, people, reads
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.people import Known
from kypek_sync.ledger.reads import LastRead
from kypek_sync.model import FindingLevel, Unit
from kypek_sync.sync.directory.leaving import Goer, all_places, goer
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import exit_code
from kypek_sync.sync.run import run_lane

directory = typer.Typer(no_args_is_help=True, help="People and units.")

LEVELS = {FindingLevel.ERROR: "error", FindingLevel.WARNING: "warning"}
MOST = 50
"""People shown by `find`; with more, the words are too few."""

Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only the directory of this KYPEK.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(directory, name="directory")


@directory.command()
def refresh(context: typer.Context, kypek: Kypek = None, as_json: Json = False) -> None:
    """Read people and units in full, now."""
    its = shared.of(context)
    with its.installation() as inst:
        chosen = choosing.kypeks(its, inst, kypek)
        reports = [run_lane(inst, one, "directory", by_hand=True) for one in chosen if inst.kypek(one).directory]
    if not reports:
        raise Said(its.text("The settings name no directory: add `directory:` to the KYPEK."))
    if as_json:
        its.json([report.as_dict() for report in reports])
    else:
        show(its.out, reports, its.text)
    raise typer.Exit(exit_code(reports))


@directory.command()
def find(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="Parts of names, logins, specialties, schools; all must match.")],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """People and units whose name, login, specialty or code hold all these words."""
    its = shared.of(context)
    wanted = [capitals(word) for word in words]
    persons: list[tuple[Known, str]] = []
    places: list[Unit] = []
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        for source in _directories(its, inst, kypek):
            units = people.load_units(connection, source)
            for known in people.load_people(connection, source).values():
                school = next((units[u].name for u in known.person.units if u in units), "")
                if _matches(wanted, _person_words(known, school)):
                    persons.append((known, school))
            places += [unit for unit in units.values() if _matches(wanted, _unit_words(unit))]
    persons.sort(key=lambda found: (found[0].person.surname, found[0].person.login))
    places.sort(key=lambda unit: unit.name)
    if as_json:
        its.json(
            {"people": [_plain(known) for known, _ in persons], "units": [dump(unit) for unit in places]},
        )
        return
    if not persons and not places:
        raise Said(its.text("Nobody and nothing in the directory has all of: %(words)s", words=" ".join(words)))
    if persons:
        headings = ("Login", "Surname", "Name", "Kind", "Specialty", "Unit")
        its.out.print(table(headings, [_person_row(known, unit, its.text) for known, unit in persons[:MOST]], its.text))
    if places:
        found = [(unit.code, unit.name, unit.level, unit.directorate, unit.mail) for unit in places[:MOST]]
        its.out.print(table(("Code", "Unit", "School level", "Directorate", "E-mail"), found, its.text))
    if (more := max(len(persons), len(places)) - MOST) > 0:
        its.out.print(its.text("… and %(count)s more: add another word.", count=more))


@directory.command()
def person(
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="The login.")],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """All that is known of one person; their registry number is not."""
    its = shared.of(context)
    wanted = login.strip().lower()
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        sources = _directories(its, inst, kypek)
        found = [(source, known) for source in sources if (known := lookups.person(connection, source, wanted))]
        if not found:
            every = {one for source in sources for one in lookups.known_logins(connection, source)}
            sentence = its.text("Nobody is called %(login)s in the directory", login=wanted)
            raise Said(sentence + choosing.hint(its.text, wanted, every))
        units = {source: people.load_units(connection, source) for source, _ in found}
        had = {known.id: lookups.logins(connection, known.id) for _, known in found}
        leaves = {known.id: _goer(connection, inst, source, known) for source, known in found}
    if as_json:
        departures = {one: leaving.as_dict() if leaving else None for one, leaving in leaves.items()}
        its.json([_plain(k) | {"logins": had[k.id], "departure": departures[k.id]} for _, k in found])
        return
    for source, known in found:
        for line in _person_lines(known, units[source], had[known.id], leaves[known.id], its.text):
            its.out.print(line, markup=False)


@directory.command()
def unit(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The unit's code, as in the register of units.")],
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """One unit and the people who serve there."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        sources = _directories(its, inst, kypek)
        every = {source: people.load_units(connection, source) for source in sources}
        found = [(source, one) for source, units in every.items() for one in units.values() if code in _codes(one)]
        if not found:
            known = {one for units in every.values() for u in units.values() for one in _codes(u)}
            raise Said(its.text("No unit has the code %(code)s", code=code) + choosing.hint(its.text, code, known))
        staff = [
            (one, sorted(_serving(people.load_people(connection, source), one), key=lambda k: k.person.surname))
            for source, one in found
        ]
    if as_json:
        its.json([dump(one) | {"people": [known.person.login for known in those]} for one, those in staff])
        return
    for one, those in staff:
        facts = (one.kind, one.level, one.directorate, one.mail, "" if one.active else its.text("not active"))
        its.out.print(f"{one.code} · {one.name}: {', '.join(fact for fact in facts if fact)}", markup=False)
        headings = ("Login", "Surname", "Name", "Kind", "Specialty")
        its.out.print(table(headings, [_person_row(known, "", its.text)[:-1] for known in those], its.text))


@directory.command()
def findings(context: typer.Context, kypek: Kypek = None, as_json: Json = False) -> None:
    """What in the directory could not be understood or contradicts itself."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        sources = _directories(its, inst, kypek)
        found = [pair for source in sources for pair in reads.listed_findings(connection, source)]
    if as_json:
        its.json([{"source": source} | dump(finding) for source, finding in found])
    elif not found:
        its.out.print(its.text("There are no findings."))
    else:
        rows = [
            (finding_word(f.code, its.text), its.text(LEVELS[f.level]), f.subject, worded(f.text, its.text))
            for _, f in found
        ]
        its.out.print(table(("Finding", "Level", "Where", "What"), rows, its.text))


@directory.command()
def accept(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The directory's connector, as in the settings.")],
    why: Annotated[str, typer.Option("--why", help="Why so many are missing: it is kept beside your name.")],
    who: Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Say that the directory really has become as small as its last read showed."""
    its = shared.of(context)
    decides = choosing.who(its, who)
    with its.installation() as inst, inst.ledger.begin() as connection:
        known = _directories(its, inst, None)
        if name not in known:
            raise typer.BadParameter(
                its.text("there is no directory %(name)s", name=name) + choosing.hint(its.text, name, known)
            )
        if not why.strip():
            raise typer.BadParameter(its.text("say why with --why"))
        doubted = [last for last in reads.all_last(connection, name) if last.doubt == reads.SIZE and last.items]
        if not doubted:
            raise Said(_nothing_to_accept(its, reads.all_last(connection, name)))
        for last in doubted:
            good = when(last.good_as_of) if last.good_as_of else "–"
            sentence = (
                "%(scope)s: %(good)s entries at the last good read (%(when)s), %(items)s at the last one (%(now)s)."
            )
            facts = {"scope": last.scope, "good": last.good_items, "items": last.items}
            its.out.print(its.text(sentence, **facts, when=good, now=when(last.as_of)), markup=False)
        if not yes and not typer.confirm(its.text("Has it really become so small? People will leave for it.")):
            raise Said(its.text("Nothing was changed."))
        for last in doubted:
            users = [one for one, entry in inst.loaded.settings.kypeks.items() if entry.directory == name]
            reads.accept(connection, last, decides, why.strip(), its.clock(), users)
    its.out.print(
        its.text(
            "Accepted by %(who)s: the next complete read of about that size counts as good. Whoever is missing from it "
            "leaves as slowly as ever.",
            who=decides,
        ),
        markup=False,
    )


def _nothing_to_accept(its: Context, last: list[LastRead]) -> str:
    """Why nothing can be accepted: a read that is partial for another reason than its size proves nothing."""
    why = [read.why_partial for read in last if not read.complete]
    if not why:
        return its.text("There is nothing to accept: the last read of it was whole.")
    return its.text("Only a size can be accepted, and the last read is partial for another reason: ") + "; ".join(why)


def _directories(its: Context, inst: Installation, kypek: str | None) -> list[str]:
    found = sorted({inst.kypek(one).directory for one in choosing.kypeks(its, inst, kypek)} - {""})
    if not found:
        raise Said(its.text("The settings name no directory: add `directory:` to the KYPEK."))
    return found


def _matches(wanted: list[str], text: str) -> bool:
    return all(word in text for word in wanted)


def _person_words(known: Known, school: str) -> str:
    person = known.person
    parts = (person.login, person.surname, person.given_name, *person.specialties, school)
    return capitals(" ".join(parts))


def _unit_words(unit: Unit) -> str:
    return capitals(" ".join((unit.name, unit.code, unit.registry_code, unit.directorate)))


def _codes(unit: Unit) -> set[str]:
    return {unit.code, unit.registry_code} - {""}


def _serving(everyone: dict[str, Known], unit: Unit) -> Iterator[Known]:
    return (known for known in everyone.values() if unit.id in known.person.units and known.gone_at is None)


def _person_row(known: Known, unit: str, text: Text) -> tuple[str, ...]:
    person = known.person
    kind, specialties = text(KINDS[person.kind]), ", ".join(person.specialties)
    return person.login, person.surname, person.given_name, kind, specialties, unit


def _goer(connection: Connection, inst: Installation, source: str, known: Known) -> Goer | None:
    """Somebody who is leaving this directory, with their places in all KYPEKs that use it."""
    kypeks = [one for one, entry in inst.loaded.settings.kypeks.items() if entry.directory == source]
    if known.leaving_since is None or known.gone_at is not None:
        return None
    return all_places(goer(connection, inst, one, known.person.login) for one in kypeks)


def _person_lines(
    known: Known, units: dict[str, Unit], had: list[str], leaves: Goer | None, text: Text
) -> Iterator[str]:
    person = known.person
    yield f"{person.name} ({person.login})"
    yield "  " + ", ".join(part for part in (text(KINDS[person.kind]), *person.specialties, person.mail) if part)
    if not person.active:
        yield "  " + text("the account is not active")
    for identity in person.units:
        if identity in units:
            one = units[identity]
            yield "  " + text("serves at %(unit)s (%(directorate)s)", unit=one.name, directorate=one.directorate or "–")
        else:
            yield "  " + text("serves at %(unit)s, which the directory does not have", unit=identity)
    for role in person.roles:
        yield "  " + text("role %(role)s", role=role.role)
    if len(had) > 1:
        yield "  " + text("has had the logins %(logins)s", logins=", ".join(had))
    yield "  " + text("known since %(when)s", when=when(known.first_seen))
    if known.gone_at is not None:
        yield "  " + text("gone from the directory since %(when)s", when=when(known.gone_at))
    elif leaves is not None:
        yield "  " + leaving_words.departure(leaves, text) + "."
        yield "  " + leaving_words.places(leaves, text)


def _plain(known: Known) -> dict[str, Any]:
    shown: dict[str, Any] = dump(known.person)
    del shown["keys"]  # keyed hashes are nobody's business
    return shown | {"leaving": known.leaving_since is not None, "gone": known.gone_at is not None}
