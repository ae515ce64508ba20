"""The forms in which a plan can be had, and which one a file's name asks for."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import typer

import kypek_sync.cli.plan_file as plan_file
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.plan_html import html
from kypek_sync.cli.plan_markdown import markdown
from kypek_sync.cli.plan_words import Sheet, sheet, stored_sheet
from kypek_sync.cli.system_words import os_word
from kypek_sync.language import Text
from kypek_sync.ledger.plans import Plan
from kypek_sync.ledger.runs import Run
from kypek_sync.sync.report import LaneReport


class Form(StrEnum):
    """How a plan is written."""

    TABLE = "table"
    JSON = "json"
    MD = "md"
    HTML = "html"


_ENDINGS = {".json": Form.JSON, ".md": Form.MD, ".markdown": Form.MD, ".html": Form.HTML, ".htm": Form.HTML}


def form_of(file: Path, text: Text) -> Form:
    """The form that a file's ending asks for. Wrong usage where no form has that ending."""
    form = _ENDINGS.get(file.suffix.lower())
    if form is None:
        known = ", ".join(_ENDINGS)
        sentence = text("the ending of %(file)s names no form; known: %(known)s", file=file.name, known=known)
        raise typer.BadParameter(sentence, param_hint="--output")
    return form


def planned(its: Context, reports: Sequence[LaneReport], form: Form) -> str:
    """The plan of a dry pass in a form that can be written to a file."""
    if form in (Form.TABLE, Form.JSON):
        return plan_file.as_json([report.plan for report in reports if report.plan is not None])
    return _written(its, sheet(reports, its.text), form)


def kept(its: Context, run: Run, plan: Plan, form: Form) -> str:
    """The plan of an earlier run in such a form."""
    if form in (Form.TABLE, Form.JSON):
        return plan_file.as_json([plan])
    return _written(its, stored_sheet(run, plan, its.text), form)


def save(its: Context, file: Path, written: str) -> None:
    """Write a plan to a file. Raises `Said` when that cannot be."""
    try:
        file.write_text(written, encoding="utf-8")
    except OSError as error:
        raise Said(its.text("%(file)s cannot be written: %(why)s.", file=file, why=os_word(error, its.text))) from error


def _written(its: Context, made: Sheet, form: Form) -> str:
    return markdown(made, its.text) if form is Form.MD else html(made, its.text, its.language)
