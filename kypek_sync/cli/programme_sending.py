"""`programme send --month`: the programme of the next three months to the schools, or first a look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.system_words import unwritable
from kypek_sync.language import Text
from kypek_sync.ledger import mailings
from kypek_sync.model import Unit
from kypek_sync.notices.programme_letter import FACT, FILE, PROGRAMME, Leaflet, programme_files, programme_html
from kypek_sync.programme.marking import safely
from kypek_sync.settings import Mode
from kypek_sync.sync import programme_letters
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.programme_letters import Standing


def add_to(programme: typer.Typer) -> None:
    """Add the command to the noun."""
    programme.command("send")(send)


def send(
    context: typer.Context,
    month: Annotated[
        bool, typer.Option("--month", help="The programme of the next three months, to each school once a month.")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Send nothing: write what would be sent, and say to how many.")
    ] = False,
    folder: Annotated[Path, typer.Option("--dir", help="With --preview: where the files go.")] = Path(
        "programme-preview"
    ),
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
) -> None:
    """Send the programme to the schools; the first time it waits for approval. Schools without an address are named."""
    its = shared.of(context)
    if not month:
        raise typer.BadParameter(its.text("say --month: there is no other programme to send"), param_hint="--month")
    with its.installation() as inst:
        for one in choosing.kypeks(its, inst, kypek):
            if preview:
                _preview(its, inst, one, folder / one)
            else:
                _send(its, inst, one)


def standing_lines(one: Standing | None, text: Text) -> list[str]:
    """Where the programme to the schools stands, for `status`."""
    if one is None:
        return []
    lines = []
    if one.month:
        facts = {"month": f"{one.month % 100}/{one.month // 100}", "sent": one.sent, "unsent": one.unsent}
        if one.released:
            lines.append(text("Programme to the schools, %(month)s: sent %(sent)s, to be sent %(unsent)s", **facts))
        else:
            said = "Programme to the schools, %(month)s: prepared and not approved, to be sent %(unsent)s"
            lines.append(text(said, **facts))
    if one.awaited:
        lines.append(text("The programme of this month did not go to the schools by itself: there was none to send."))
    return lines


def _preview(its: Context, inst: Installation, kypek: str, folder: Path) -> None:
    with inst.ledger.begin(keep=False) as connection:
        leaflet = programme_letters.leaflet(connection, inst, kypek)
        those = programme_letters.schools(connection, inst, kypek)
    if leaflet is None:
        its.out.print(_empty(its, inst, kypek), markup=False)
        return
    _write(its, inst, leaflet, folder)
    line = its.text(
        "%(centre)s: the programme would go to %(count)s schools; it is in %(folder)s.",
        centre=inst.kypek(kypek).name,
        count=sum(bool(unit.mail) for unit in those),
        folder=folder,
    )
    its.out.print(line, markup=False)
    _without(its, tuple(unit for unit in those if not unit.mail))


def _send(its: Context, inst: Installation, kypek: str) -> None:
    entry = inst.kypek(kypek)
    if not entry.post:
        raise Said(its.text("%(kypek)s has no connector that sends mail (`post`).", kypek=kypek))
    if entry.all_mail_to:
        sentence = (
            "All mail of %(kypek)s goes to %(address)s, so no school would get the programme. Look at it with "
            "--preview, and send it when `all_mail_to:` is taken out."
        )
        raise Said(its.text(sentence, kypek=kypek, address=entry.all_mail_to))
    with inst.ledger.begin() as connection:
        done = programme_letters.prepare(connection, inst, kypek)
        waits = not mailings.ever_released(connection, kypek)
    if done.leaflet is None:
        its.out.print(_empty(its, inst, kypek), markup=False)
        return
    line = its.text(
        "%(centre)s: letters to %(count)s schools wait in the outbox; %(before)s schools had theirs already.",
        centre=entry.name,
        count=done.put,
        before=done.before,
    )
    its.out.print(line, markup=False)
    _without(its, done.without)
    mode = inst.modes().get(entry.post, Mode.OBSERVE)
    if mode is Mode.OBSERVE:
        its.out.print(its.text("The mail's connector only observes: nothing goes out yet."), markup=False)
    elif waits or mode is Mode.PROPOSE:
        its.out.print(
            its.text("The next pass of the mail asks for approval: `kypek-sync holds list`, then `holds approve ID`."),
            markup=False,
        )
    else:
        its.out.print(its.text("They go out with the next passes of the mail."), markup=False)


def _empty(its: Context, inst: Installation, kypek: str) -> str:
    return its.text(
        "%(centre)s: nothing is sent, since no seminar takes place in the next three months.",
        centre=inst.kypek(kypek).name,
    )


def _without(its: Context, units: tuple[Unit, ...]) -> None:
    """Which schools get nothing."""
    if not units:
        return
    line = its.text("Schools without an address in the directory, which get nothing: %(count)s", count=len(units))
    its.out.print(line, markup=False)
    for unit in units:
        its.out.print(f"  {unit.code or unit.id} {unit.name}", markup=False)


def _write(its: Context, inst: Installation, leaflet: Leaflet, folder: Path) -> None:
    """The letter as words and as HTML, as it would go to a school, and the PDF."""
    language = inst.loaded.settings.language
    facts = {"centre": leaflet.centre, FACT: leaflet.stored}
    name = inst.text("the school's name")
    overrides = inst.overrides()
    said = overrides.words(PROGRAMME, facts, name, inst.text)
    files = {
        "letter.txt": f"{said.subject}\n\n{said.body}".encode(),
        "letter.html": programme_html(said, facts, name, inst.text, language).encode(),
        FILE: programme_files(facts, language)[0][2],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            safely(folder / file, content)
    except OSError as error:
        raise unwritable(folder, error, its.text) from error
    if overrides.troubles:
        raise Said("\n".join(one.said(its.text) for one in overrides.troubles.values()))
