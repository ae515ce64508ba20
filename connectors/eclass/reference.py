"""Our reference on an eClass course: pure.

The list of courses shows titles but no public codes, and a public code cannot be searched (E-19). So a course carries
its reference three times: a short marker at the end of the title, `[EKFE-27-03]`, by which the list is searched; the
public code, by which a hit is confirmed; and, since a public code holds 20 characters in every published schema and
what is longer is cut without a word (E-34), the whole reference as the last line of the description. A reference of up
to 20 characters is its own public code; a longer one becomes the beginning of the seminar's code, `~` and six hex
digits of its SHA-256.
"""

from __future__ import annotations

import hashlib

from kypek_sync.contract import html_of, words_of

TITLE_LENGTH = 255
PUBLIC_CODE_LENGTH = 20
_DIGITS = 6


def marker(ref: str) -> str:
    """What a title ends with: the last part of the reference, in brackets."""
    return f"[{ref.rsplit(':', 1)[-1]}]"


def titled(title: str, ref: str) -> str:
    """The title with its marker; a title that is too long gives way, the marker never (E-34)."""
    sign = marker(ref)
    bare = " ".join(title.split())
    if bare.endswith(sign):
        bare = bare.removesuffix(sign).rstrip()
    room = TITLE_LENGTH - len(sign) - 1
    if len(bare) > room:
        bare = bare[: room - 1].rstrip() + "…"
    return f"{bare} {sign}"


def public_code(ref: str) -> str:
    """What the public code of the course with this reference is."""
    if len(ref) <= PUBLIC_CODE_LENGTH:
        return ref
    digest = hashlib.sha256(ref.encode()).hexdigest()[:_DIGITS]
    return f"{ref.rsplit(':', 1)[-1][: PUBLIC_CODE_LENGTH - _DIGITS - 1]}~{digest}"


def described(text: str, ref: str) -> str:
    """Plain text and the reference as the HTML that eClass shows; addresses become links."""
    return html_of(f"{text.strip()}\n\n{ref}")


def read(public: str, description: str) -> tuple[str, str]:
    """The reference (empty: none) and the plain text of a course's public code and description."""
    text = words_of(description)
    last = text.rsplit("\n", 1)[-1].strip()
    if last and public and public_code(last) == public:
        return last, text[: len(text) - len(last)].strip()
    return (public if public.startswith("kypek:") else ""), text
