"""Trainers and people named in a programme: logins, or names with an e-mail address."""

from __future__ import annotations

import re

from kypek_sync.model import Trainer
from kypek_sync.programme.calendar import Doubt

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_NETWORK = "@sch.gr"
_AROUND = " \t,;:<>()[]\"'«»"


def read_login(text: str) -> str:
    """A school-network login in lower case; an address at sch.gr counts as its login. Raises `Doubt`
    `login-unreadable`."""
    login = text.strip().casefold().removesuffix(_NETWORK)
    if not _LOGIN.match(login):
        raise Doubt("login-unreadable", value=text.strip()[:60])
    return login


def is_login(text: str) -> bool:
    """Whether it can be somebody's login whom the directory does not know. What is all figures cannot: it may be a
    registry or tax number, also one whose leading zeros a spreadsheet took away (D-4)."""
    try:
        login = read_login(text)
    except Doubt:
        return False
    return any(letter.isalpha() for letter in login)


def read_logins(text: str) -> tuple[tuple[str, ...], list[Doubt]]:
    """The logins of a cell, separated by spaces, commas, semicolons or new lines; and what is none."""
    logins: dict[str, None] = {}
    doubts: list[Doubt] = []
    for piece in re.split(r"[\s,;]+", text):
        try:
            if piece:
                logins[read_login(piece)] = None
        except Doubt as doubt:
            doubts.append(doubt)
    return tuple(logins), doubts


def _trainer(piece: str) -> Trainer:
    mail = _MAIL.search(piece)
    if mail:
        name = " ".join((piece[: mail.start()] + " " + piece[mail.end() :]).split()).strip(_AROUND)
        if name:
            return Trainer(name=name[:200], mail=mail[0])
        if mail[0].casefold().endswith(_NETWORK):
            return Trainer(login=mail[0].casefold().removesuffix(_NETWORK))
        raise Doubt("trainer-unclear", value=piece[:60])
    bare = piece.strip().casefold()
    named = re.fullmatch(r"([a-z0-9._-]+)\s*\(.*\)", bare)
    login = named[1] if named else bare
    if not _LOGIN.match(login):
        raise Doubt("trainer-unclear", value=piece[:60])
    return Trainer(login=login)


def read_trainers(text: str) -> tuple[tuple[Trainer, ...], list[Doubt]]:
    """The trainers of a cell, separated by semicolons or new lines (also by commas where each part can stand alone);
    and what is neither a login nor a name with an e-mail (`trainer-unclear`)."""
    trainers: dict[Trainer, None] = {}
    doubts: list[Doubt] = []
    for piece in filter(None, (p.strip() for p in re.split(r"[;\n]", text))):
        parts = [p.strip() for p in piece.split(",") if p.strip()]
        try:
            several = [_trainer(part) for part in parts]
        except Doubt:
            several = []
        try:
            for trainer in several or [_trainer(piece)]:
                trainers[trainer] = None
        except Doubt as doubt:
            doubts.append(doubt)
    return tuple(trainers), doubts
