"""The rows of a CSV file as text: encoding and separator found and proven before anybody is made of them.

A file in a wrong encoding gives people with names that nobody has; so the whole file is decoded, strictly, before its
first row counts, and what looks like another Greek encoding is refused.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from connectors.csv_export.columns import recognised
from kypek_sync.contract import plain

GREEK = "cp1253"
_CHUNK = 1024 * 1024
_SEPARATORS = (";", ",", "\t")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ARCHIVE = b"PK\x03\x04"
"""How a ZIP archive begins, as every workbook of today is one."""
_FOREIGN = re.compile(r"¶[^\W\d_]|[^\W\d_][¤¦§¨©¬®°±²³¶»½‚„…†‡‰‹›•€™]+[^\W\d_]")
"""What Greek in another encoding than windows-1253 looks like in it: signs within words, and the ¶ that ISO 8859-7 has
in place of Ά."""
_MOJIBAKE = re.compile(r"(?:[ΞΟ][^A-Za-zα-ωΑ-Ω\d\s.,;\"()-]){3}")
"""UTF-8 read as windows-1253, in which every second character is a Ξ or an Ο; also where it was saved again so."""


class Unreadable(Exception):
    """The file is none that could be read rightly. `message` is a sentence without any of its values, `hint` what to
    do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the whole file showed: its encoding, the SHA-256 of its bytes, and whether its last line ends."""

    encoding: str
    content: str
    line_end: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the `line` (from 1) on which it ends, and its cells, plain (no stray spaces, one Unicode form)."""

    line: int
    cells: list[str]


def look(source: BinaryIO, wanted: str) -> Looked:
    """Read the file to its end. `wanted` is the encoding of the settings, or empty. Raises `Unreadable`, `OSError`."""
    start = source.read(4)
    source.seek(0)
    if start == _ARCHIVE:
        hint = "Open it where it was made and save it as CSV (UTF-8)."
        raise Unreadable("The file is a spreadsheet (.xlsx, .ods) or another archive, not CSV.", hint)
    marked = next((name for bom, name in _BOMS if start.startswith(bom)), "")
    digest, end = hashlib.sha256(), b"\n"
    candidates = [marked] if marked else [wanted] if wanted else ["utf-8", GREEK]
    decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in candidates}
    also_utf8 = codecs.getincrementaldecoder("utf-8")("strict") if wanted and not marked and wanted != "utf-8" else None
    ascii_only, foreign, mojibake = True, False, False
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        end = chunk[-2:]
        ascii_only = ascii_only and chunk.isascii()
        texts = {name: text for name in decoders if (text := _decoded(decoders[name], chunk)) is not None}
        decoders = {name: decoders[name] for name in texts}
        for name, text in list(texts.items())[:1]:
            foreign = foreign or (name == GREEK and bool(_FOREIGN.search(text)))
            mojibake = mojibake or bool(_MOJIBAKE.search(text))
        if also_utf8 is not None and _decoded(also_utf8, chunk) is None:
            also_utf8 = None
    _judge(list(decoders), candidates, wanted, also_utf8 is not None and not ascii_only)
    encoding = next(iter(decoders))
    if foreign and not wanted:
        hint = "Save it as UTF-8, or name its encoding under `encoding` (iso-8859-7)."
        raise Unreadable("The file is neither UTF-8 nor windows-1253: signs stand within its words.", hint)
    if mojibake:
        raise Unreadable("The file's Greek was spoilt: it is UTF-8 that was saved as windows-1253.", "Export it anew.")
    return Looked(encoding, digest.hexdigest(), end.rstrip(b"\0").endswith((b"\n", b"\r")))


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes) -> str | None:
    try:
        return decoder.decode(chunk)
    except UnicodeDecodeError:
        return None


def _judge(left: list[str], candidates: list[str], wanted: str, really_utf8: bool) -> None:
    if not left:
        hint = "Save it as UTF-8, or name its encoding under `encoding`."
        if len(candidates) == 1:
            raise Unreadable(f"The file is not {candidates[0]}.", hint)
        raise Unreadable(f"The file is neither {candidates[0]} nor {candidates[1]}.", hint)
    if really_utf8:
        raise Unreadable(f"The file is UTF-8, and the settings say {wanted}.", "Take `encoding` out of the settings.")


def rows(source: BinaryIO, encoding: str, separator: str) -> Iterator[Row]:
    """The rows from the heading on, without empty ones. Raises `Unreadable` where quotes do not match."""
    lines, ended = _lines(source, encoding), 0
    try:
        first = next(lines, "")
        reader = csv.reader(chain([first], lines), delimiter=separator or _separator(first), strict=True)
        for cells in reader:
            ended = reader.line_num
            if any(cells):
                yield Row(ended, [plain(cell) if cell else cell for cell in cells])
    except csv.Error as error:
        hint = "Look at the quotes there, or draw the export again."
        if str(error).endswith("data"):  # `unexpected end of data`: that quote has swallowed all that follows
            raise Unreadable(f"A quote that opens at line {ended + 1} is never closed.", hint) from None
        raise Unreadable(f"Line {reader.line_num} of the file is no row.", hint) from None
    except UnicodeDecodeError:  # it was decoded a moment ago
        raise Unreadable("The file changed while it was read.", "Draw the export again.") from None


def _lines(source: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with their ends, a line feed whatever they were: CR LF, LF or, as old spreadsheets write them, CR. Nothing
    else ends one, since the cells may hold what Python takes for a line's end."""
    rest, ends = "", io.IncrementalNewlineDecoder(None, translate=True)
    for text in chain(codecs.iterdecode(iter(lambda: source.read(_CHUNK), b""), encoding, "strict"), [""]):
        *whole, rest = (rest + ends.decode(text, final=not text)).split("\n")
        for line in whole:
            yield line + "\n"
    if rest:
        yield rest


def _separator(heading: str) -> str:
    """The one that cuts the heading into most usual headings; else into most parts."""

    def worth(separator: str) -> tuple[int, int]:
        try:
            parts = next(csv.reader([heading], delimiter=separator), [])
        except csv.Error:  # a cell longer than any: whoever reads the rows says on which line
            return 0, 0
        return recognised(parts), len(parts)

    return max(_SEPARATORS, key=worth)
