"""What a line of `check` is about, in words; the stable word stays in `--json`."""

from __future__ import annotations

from kypek_sync.language import Text

SUBJECTS = {
    "abilities": "what it can do",
    "account": "service account",
    "address": "address",
    "age": "age",
    "announced_periods": "announced periods",
    "announcements": "announcements in courses",
    "api": "programming interface (API)",
    "attributes": "attributes",
    "base": "place in the directory",
    "calendar": "calendars of courses",
    "canary": "known account (canary)",
    "category": "category",
    "changes": "what changed",
    "clock": "clock",
    "cohorts": "cohorts of people",
    "count": "number of entries",
    "counts": "numbers of entries",
    "courses": "course platform",
    "credentials": "sign-in details",
    "directory": "directory of people",
    "file": "file",
    "functions": "functions",
    "helpdesk": "helpdesk",
    "inbox": "inbox",
    "index": "index",
    "ledger": "ledger",
    "letters": "letters",
    "LDAP library": "LDAP library",
    "login": "login at the server",
    "mail": "mail server",
    "newest change": "newest change",
    "notes": "notes on tickets",
    "operations": "operations",
    "page": "page",
    "people": "people",
    "permissions": "permissions of the account",
    "post": "mail while trying out",
    "presence": "presence",
    "programme": "programme",
    "queue": "queue",
    "queues": "queues",
    "reference": "our reference",
    "report": "report",
    "rights": "rights",
    "roles": "roles",
    "rooms": "rooms",
    "secret": "secret",
    "settings": "settings",
    "states": "states of tickets",
    "structures": "structures",
    "tls": "encryption",
    "token": "token",
    "token-scope": "how far the token reaches",
    "token-expiry": "last day of the token",
    "units": "units",
    "units_register": "register of units",
    "version": "version",
    "whole": "whether it is whole",
    "works": "what works",
    "wsdl": "description of the service (WSDL)",
}
"""The known words; a connector from elsewhere may have others, which are shown as they are."""


SCOPES = {"people": "people", "units": "units", "directorates": "directorates"}
"""What is read of a directory or a register of units."""


def scope_word(scope: str, text: Text) -> str:
    """What was read, as people say it; LDAP reads a place in a tree, which is shown as it is."""
    return text(SCOPES[scope]) if scope in SCOPES else scope


def subject_word(subject: str, text: Text) -> str:
    """What a line is about, as people say it."""
    return text(SUBJECTS[subject]) if subject in SUBJECTS else subject
