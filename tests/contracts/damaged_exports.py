"""Exports of invented people whose numbers are known, and what befalls exports: lost bytes, line ends, headings."""

from __future__ import annotations

from random import Random


def _tax_number(first: str) -> str:
    """With its last digit, which is the check of the others."""
    return first + str(sum(int(digit) << (8 - place) for place, digit in enumerate(first)) % 11 % 10)


REGISTRY = tuple(f"70{n}{n}3{n}" for n in range(1, 7))
TAX = tuple(_tax_number(f"1{n}34567{n}") for n in range(1, 7))
NUMBERS = (*REGISTRY, *TAX)
HEADING = "Όνομα χρήστη;Επώνυμο;Όνομα;Email;Α.Μ.;Α.Φ.Μ.;Ειδικότητα;Κωδικός μονάδας;Σχολείο"
ROWS = tuple(
    f"t{n};ΠΑΠΠΑ;ΜΑΡΙΑ;t{n}@sch.example;{own};{tax};ΠΕ86;0501659;10ο ΓΥΜΝΑΣΙΟ"
    for n, (own, tax) in enumerate(zip(REGISTRY, TAX, strict=True), 1)
)
CSV = "".join(f"{line}\r\n" for line in (HEADING, *ROWS)).encode()
_ENTRY = """\
dn: uid=t{n},ou=people,dc=sch,dc=gr
objectClass: top
uid: t{n}
sn: Papa
givenName: Maria
mail: t{n}@sch.example
gsnBranch: x
umdObject: teacher
employeeNumber: {own}
employeeNumber: {tax}
accountStatus: active
l: ou=1gym,ou=att-a,ou=units,dc=sch,dc=gr
"""
_ENTRIES = [_ENTRY.format(n=n, own=own, tax=tax) for n, (own, tax) in enumerate(zip(REGISTRY, TAX, strict=True), 1)]
LDIF = ("version: 1\n\n" + "\n".join(_ENTRIES)).encode()


def damaged(whole: bytes, by: Random) -> bytes:
    """The bytes of an export after one to six mishaps."""
    for _ in range(by.choice([1, 1, 2, 3, 6])):
        mishap, at = by.randrange(7), by.randrange(len(whole))
        if mishap == 0:
            whole = whole[:at] + whole[at + 1 :]
        elif mishap == 1:
            whole = whole[:at] + bytes([by.choice(b';\n\r",\t: \xce\x80')]) + whole[at:]
        elif mishap == 2:
            whole = whole[:at] + bytes([by.choice(b';\n\r", :=')]) + whole[at + 1 :]
        elif mishap == 3:
            whole = whole[:at] + whole[at + by.randrange(40) :]
        elif mishap == 4:
            to = by.randrange(len(whole))
            whole = whole[:to] + whole[at : at + 20] + whole[to:]
        elif mishap == 5:
            whole = whole.replace(b"\r\n", by.choice([b"\n", b"\r", b";"])) if by.random() < 0.3 else whole
        else:
            whole = _without_one(whole, by)
    return whole


def _without_one(whole: bytes, by: Random) -> bytes:
    """One separator or line end less."""
    lost = by.choice([b";", b"\n", b": "])
    places = [at for at in range(len(whole)) if whole.startswith(lost, at)]
    if not places:
        return whole
    at = by.choice(places)
    return whole[:at] + whole[at + len(lost) :]
