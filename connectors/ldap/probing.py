"""What `check` learns of the directory: one line a thing, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from connectors.ldap.client import Ending, LdapClient, Search
from connectors.ldap.cursor import moment
from connectors.ldap.failures import CHECK_PLACES
from connectors.ldap.indexes import index_lines
from kypek_sync.contract import ConnectorError, Probe, ProbeLevel, ProbeLine, StopConnector
from kypek_sync.model import local

_RIGHTS = {
    "umdObject": "who is a teacher and who a pupil is not known",
    "accountStatus": "disabled accounts are not known",
    "l": "primary units are not known",
    "gsnBranch": "specialties are not known",
    "employeeNumber": "a person under a new login is not recognised by the registry number",
    "entryUUID": "a renamed person is not recognised",
    "modifyTimestamp": "changes are seen only by a full read",
    "gsnUserRoleOn": "principals and heads of laboratories are not known",
    "memberOf": "members of the directorates' groups are not known",
}
_UNIT_RIGHTS = {
    "gsnUnitCode": "no unit can be named by its code",
    "gsnRegistryCode": "the register of units cannot be asked about them",
    "accountStatus": "units that are closed count as open",
}


def probe(client: LdapClient, everybody: str, all_units: str) -> Probe:
    """Try everything once; never raises a `ConnectorError`. The filters are those of the reads."""
    try:
        client.sign_in()
    except ConnectorError as error:
        subject = "credentials" if isinstance(error, StopConnector) else "address"
        return Probe((ProbeLine(ProbeLevel.PROBLEM, subject, error.message, error.hint),))
    settings = client.settings
    lines = [ProbeLine(ProbeLevel.OK, "address", f"{settings.address} answers."), _tls(client), _credentials(client)]
    newest = _Newest()
    people = _count(client, "people", Search(settings.people_base, everybody, ("modifyTimestamp",)), newest)
    units = _count(client, "units", Search(settings.units_base, all_units, ("1.1",), subtree=True), _Newest())
    absent = [line for line in (*people, *units) if line.next_step == CHECK_PLACES]
    lines += [line for line in (*people, *units) if line not in absent]
    lines += _places(client, [line.subject for line in absent])
    if not absent or absent[0].subject != "people":
        lines += _missing(client, settings.people_base, _RIGHTS)
    if not absent or absent[-1].subject != "units":
        lines += _missing(client, settings.units_base, _UNIT_RIGHTS, of_units=True)
    if newest.value:
        lines += index_lines(client)
        text = f"The newest change of a person is of {local(newest.value):%Y-%m-%d %H:%M}."
        lines.append(ProbeLine(ProbeLevel.OK, "newest change", text))
    return Probe(tuple(lines))


class _Newest:
    """Keeps the newest modifyTimestamp of the entries it is given; aware UTC, None while none was seen."""

    def __init__(self) -> None:
        self.value: datetime | None = None

    def __call__(self, dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
        for value in raw.get("modifyTimestamp", ()):
            if (at := moment(value.decode("ascii", "replace"))) is not None:
                self.value = at if self.value is None else max(self.value, at)


def _tls(client: LdapClient) -> ProbeLine:
    if client.settings.tls:
        kind = "ldaps" if client.settings.ldaps else "StartTLS"
        return ProbeLine(ProbeLevel.OK, "tls", f"{kind}, certificate verified.")
    return ProbeLine(ProbeLevel.WARNING, "tls", "The connection is not encrypted; it stays on this machine.")


def _credentials(client: LdapClient) -> ProbeLine:
    if client.settings.bind_dn:
        return ProbeLine(ProbeLevel.OK, "credentials", f"Signed in as {client.settings.bind_dn}.")
    step = "Ask the ΠΣΔ for a service account."
    return ProbeLine(ProbeLevel.WARNING, "credentials", "Reading without signing in shows less.", step)


def _count(client: LdapClient, subject: str, search: Search, newest: _Newest) -> list[ProbeLine]:
    try:
        ending = client.read_all(search, newest)
    except ConnectorError as error:
        return [ProbeLine(ProbeLevel.PROBLEM, subject, error.message, error.hint)]
    return [_counted(subject, search.base, ending)]


def _counted(subject: str, base: str, ending: Ending) -> ProbeLine:
    if ending.why_partial:
        return ProbeLine(ProbeLevel.PROBLEM, subject, ending.why_partial, _until_then(ending))
    if not ending.entries:
        text = f"No entry below {base} is shown to this account."
        return ProbeLine(ProbeLevel.PROBLEM, subject, text, "Check the setting, and the account's right to read.")
    return ProbeLine(ProbeLevel.OK, subject, f"{ending.entries} entries below {base}, read to the end.")


def _places(client: LdapClient, absent: Sequence[str]) -> list[ProbeLine]:
    """One line about the places that are not there, of `people` and `units`, and whether `base` is."""
    if not absent:
        return []
    settings = client.settings
    bases = {"people": settings.people_base, "units": settings.units_base}
    named = ", ".join(bases[one] for one in absent)
    try:
        is_there = bool(client.look(Search(settings.base, "(objectClass=*)", ("1.1",)), limit=1, itself=True))
    except ConnectorError:
        is_there = False
    if is_there:
        text = f"{settings.base} is there, but these are not, or are hidden from this account: {named}."
        return [ProbeLine(ProbeLevel.PROBLEM, "base", text, "Check people and units, and the account's rights.")]
    text = f"{settings.base} itself is not there, or is hidden from this account; nor are these: {named}."
    return [ProbeLine(ProbeLevel.PROBLEM, "base", text, CHECK_PLACES)]


def _until_then(ending: Ending) -> str:
    """What to do about a read that was cut: with a limit on the size, what the ΠΣΔ can set."""
    nobody = "Until then nobody's absence is proven."
    if "size limit" not in ending.why_partial:
        return nobody
    return (
        "This limit counts all pages together, so a smaller page_size does not help; in slapd it is "
        f"size.prtotal=unlimited for this account. {nobody}"
    )


def _missing(client: LdapClient, base: str, rights: Mapping[str, str], *, of_units: bool = False) -> list[ProbeLine]:
    """Attributes that no entry shows. A server answers the same for `may not be read` and `nobody has one` (D-40)."""
    lines = []
    for name, meaning in rights.items():
        search = Search(base, f"({name}=*)", (name,), subtree=of_units)
        try:
            shown = any(raw for _, raw in client.look(search, limit=1))
        except ConnectorError as error:
            return [ProbeLine(ProbeLevel.WARNING, "rights", error.message, error.hint)]
        if not shown:
            text = f"No unit shows {name}: {meaning}." if of_units else f"No entry shows {name}: {meaning}."
            lines.append(ProbeLine(ProbeLevel.WARNING, "rights", text, f"Ask the ΠΣΔ for the right to read {name}."))
    return lines
