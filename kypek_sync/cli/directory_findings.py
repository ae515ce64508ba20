"""`directory findings`: what in the directory contradicts itself, counted by kind; of one kind, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.directory_choice import LEVELS, MOST, Json, Kypek, directories, finding_plain
from kypek_sync.cli.doubt_words import Wording, sayer
from kypek_sync.cli.foreign_words import finding_word
from kypek_sync.cli.tables import table, when
from kypek_sync.ledger import findings as ledger
from kypek_sync.ledger.findings import Found, Kind
from kypek_sync.ledger.identity_answers import decided


def findings(
    context: typer.Context,
    code: Annotated[str, typer.Option("--code", help="Whom or what this kind of finding is about.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="So many of them on a page.")] = MOST,
    page: Annotated[int, typer.Option("--page", min=1, help="Which page of them, from 1.")] = 1,
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """What in the directory could not be understood or contradicts itself, by kind."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        sources = directories(its, inst, kypek)
        kinds, settled = (
            ledger.counted(connection, sources),
            decided(connection, {one: inst.sharing(one) for one in sources}),
        )
        if code and code not in {kind.code for kind in kinds}:
            known = choosing.hint(its.text, code, {kind.code for kind in kinds})
            raise Said(its.text("There are no findings of the kind %(code)s", code=code) + known)
        after = (page - 1) * limit
        found = ledger.listed(connection, sources, code, limit=limit, after=after) if code else []
        said = sayer(connection, inst, found)
    if as_json:
        its.json(
            {"kinds": [_plain(kind, settled) for kind in kinds], "findings": [finding_plain(one) for one in found]}
        )
    elif not kinds:
        its.out.print(its.text("There are no findings."))
    elif not code:
        _kinds(its, kinds, settled)
    else:
        _page(its, code, found, said, sum(kind.subjects for kind in kinds if kind.code == code), page, after)


def _kinds(its: Context, kinds: list[Kind], settled: Mapping[str, int]) -> None:
    """Those of which a person decided are told apart; the column is left out where nobody decided anything."""
    text = its.text
    headings = ["Finding", "Level", "How many", "First seen", "Newest", "Kind"]
    rows = [
        [finding_word(k.code, text), text(LEVELS[k.level]), _open(k, settled), when(k.oldest), when(k.newest), k.code]
        for k in kinds
    ]
    if any(settled.values()):
        headings[2:3] = ["Open", "Decided"]
        for row, kind in zip(rows, kinds, strict=True):
            row.insert(3, _decided(kind, settled) or "")
    its.out.print(table(tuple(headings), [tuple(row) for row in rows], text))
    its.out.print()
    its.out.print(text("Whom they are about: kypek-sync directory findings --code KIND"), markup=False)


def _page(its: Context, code: str, found: list[Found], said: Wording, of: int, page: int, after: int) -> None:
    text = its.text
    its.out.print(f"{finding_word(code, text)} ({code})", markup=False)
    rows = [
        (one.finding.subject, text(LEVELS[one.finding.level]), when(one.first_seen), said(one, text)) for one in found
    ]
    its.out.print(table(("Where", "Level", "First seen", "What"), rows, text))
    if (left := of - after - len(found)) > 0 and found:
        its.out.print(text("… and %(count)s more: --page %(page)s", count=left, page=page + 1), markup=False)
    elif not found:
        its.out.print(text("There are only %(count)s: ask for an earlier page.", count=of))


def _decided(kind: Kind, settled: Mapping[str, int]) -> int:
    """How many of a kind a person decided; a code that has two levels counts them once, with the errors."""
    return min(kind.subjects, settled.get(kind.code, 0))


def _open(kind: Kind, settled: Mapping[str, int]) -> int:
    return kind.subjects - _decided(kind, settled)


def _plain(kind: Kind, settled: Mapping[str, int]) -> dict[str, Any]:
    moments = {"oldest": kind.oldest.isoformat(), "newest": kind.newest.isoformat()}
    numbers = {"subjects": kind.subjects, "open": _open(kind, settled), "decided": _decided(kind, settled)}
    return {"code": kind.code, "level": kind.level.value} | numbers | moments
