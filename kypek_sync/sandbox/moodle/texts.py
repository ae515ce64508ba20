"""What Moodle does to text: cleaning on the way in, and preparation for display on the way out (M-8).

`moodlewssettingraw=1` turns the preparation off.
"""

from __future__ import annotations

import re

from lxml import html

_TAG = re.compile(r"<!--.*?(-->|$)|<(?=[^\s<>])[^>]*(>|$)", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?![a-zA-Z0-9#]{1,8};)")
_DROPPED_WHOLE = frozenset({"script", "style", "iframe", "object", "embed", "form", "textarea", "select", "noscript"})
_TAGS = """
    a abbr b blockquote br caption code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span strong sub
    sup table tbody td th thead tr u ul
"""
_KEPT = frozenset(_TAGS.split())
_ATTRIBUTES = frozenset({"href", "src", "alt", "title", "target", "class", "dir", "lang", "colspan", "rowspan"})
_SAFE_LINK = re.compile(r"(https?:|mailto:|ftp:|/|#|[^:]*$)", re.IGNORECASE)


def strip_tags(text: str) -> str:
    """PHP's `strip_tags`: a `<` before a space is no tag ("a < b" stays)."""
    return _TAG.sub("", text)


def format_string(text: str, *, raw: bool) -> str:
    """A title as Moodle shows it: `A & B` becomes `A &amp; B`, tags go (M-8)."""
    if raw:
        return text
    return strip_tags(_BARE_AMPERSAND.sub("&amp;", text)).replace("<", "&lt;").replace(">", "&gt;")


def format_text(text: str, *, raw: bool) -> str:
    """A formatted text as Moodle shows it: scripts and handlers are gone (M-8)."""
    return text if raw else purify(text)


def purify(text: str) -> str:
    """HTML without anything active. Greek in a link is percent-encoded; a link that opens a window gets a `rel`."""
    if "<" not in text and "&" not in text:
        return text
    root = html.fragment_fromstring(text, create_parent="div")
    for element in list(root.iterdescendants()):
        if not isinstance(element.tag, str) or element.tag in _DROPPED_WHOLE:
            element.drop_tree()
        elif element.tag not in _KEPT:
            element.drop_tag()
        else:
            _clean_attributes(element)
    return _inside(root)


def for_message(text: str) -> str:
    """A message as its reader sees it: plain text in a paragraph, links that open a window."""
    if "<" not in text:
        return f"<p>{purify(text)}</p>"
    root = html.fragment_fromstring(purify(text), create_parent="div")
    for link in root.iter("a"):
        link.attrib.pop("rel", None)
        link.set("target", "_blank")
        link.set("rel", "noreferrer")
    return _inside(root)


def _clean_attributes(element: html.HtmlElement) -> None:
    for name in list(element.attrib):
        if name not in _ATTRIBUTES or (name in ("href", "src") and not _SAFE_LINK.match(element.attrib[name].strip())):
            del element.attrib[name]
    if element.get("target") == "_blank":
        element.set("rel", "noreferrer noopener")


def _inside(root: html.HtmlElement) -> str:
    whole: str = html.tostring(root, encoding="unicode")
    return whole[len("<div>") : -len("</div>")]
