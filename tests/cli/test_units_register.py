"""`check` and `status` tell how old what the register of units said is, and `explain` in whose words one is outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import serve
from kypek_sync.sandbox.units_register import Book, Entry, create_app
from kypek_sync.sandbox.units_register.book import every_office
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre


@dataclass
class Register:
    faults: FaultBook
    book: Book


@pytest.fixture
def register(centre: Centre) -> Iterator[Register]:
    faults = FaultBook()
    book = Book([Entry(1000001, "1ο ΓΥΜΝΑΣΙΟ", "0501001", 133)], every_office())
    running = serve(create_app(book, faults=faults.of("mm")), "mm", faults)
    centre.connectors["mm"] = f'type: units_register, address: "{running.address}"'
    centre.services["units_register"] = "mm"
    centre.settings()
    yield Register(faults, book)
    running.stop()


def of_check(kypek: Terminal) -> dict[str, str]:
    lines = kypek("check", "--json").json["lines"]
    (found,) = [line for line in lines if (line["where"], line["subject"]) == ("att-a", "units_register")]
    assert isinstance(found, dict)
    return found


def test_check_and_status_tell_its_age_and_warn_when_it_is_old(
    centre: Centre, kypek: Terminal, register: Register
) -> None:
    assert of_check(kypek)["level"] == "warning"
    assert "was never read whole" in of_check(kypek)["text"]
    kypek("directory", "refresh")
    fresh = of_check(kypek)
    assert fresh["level"] == "ok"
    assert "(just now): 1 units." in fresh["text"]
    register.faults.set("mm:error-status")
    centre.clock.turn(days=29)
    kypek("directory", "refresh")
    assert of_check(kypek)["level"] == "ok"
    assert "(29 days ago): 1 units." in kypek("status").out.replace("\n", " ")
    centre.clock.turn(days=2)
    old = of_check(kypek)
    assert old["level"] == "warning"
    assert "31 days ago" in old["text"]
    assert "schools may have moved since" in kypek("status").out.replace("\n", " ")
    assert kypek("status", "--json").json[0]["register"]["is_old"] is True
    assert "διαβάστηκε ολόκληρο τελευταία φορά" in kypek("status", language="el").out


def test_without_a_register_nothing_is_said_of_one(kypek: Terminal) -> None:
    assert kypek("status", "--json").json[0]["register"] is None
    assert not [line for line in kypek("check", "--json").json["lines"] if line["subject"] == "units_register"]


def test_explain_says_directorates_kinds_and_roles_in_words(centre: Centre, kypek: Terminal) -> None:
    course = centre.course()
    centre.seminar(course=centre.address(course))
    file = centre.folder / "ekfe.yaml"
    rules = "    διευθύνσεις: [att-a/ΠΕ, att-v]\n    τύποι μονάδων: Δημοτικό\n    ρόλοι: Διευθυντής\n"
    file.write_text(file.read_text("utf-8").replace("    επιμορφωτές:", rules + "    επιμορφωτές:"), "utf-8")
    centre.apply("teacher1", course)
    kypek("sync")
    told = " ".join(kypek("explain", "teacher1", language="el").out.split())
    assert "διεύθυνση εκπαίδευσης: για Διεύθυνση Π.Ε. ΑΘΗΝΑΣ Α΄, Διευθύνσεις Π.Ε. και Δ.Ε. ΑΘΗΝΑΣ Β΄" in told
    assert "Διεύθυνση Δ.Ε. ΑΘΗΝΑΣ Α΄" in told
    assert "για Δημοτικό σχολείο· ο κατάλογος γράφει Γυμνάσιο" in told
    assert "για Διευθυντής/ντρια ή Προϊστάμενος/νη σχολείου" in told
    shown = " ".join(kypek("seminar", "EKFE-26-01").out.split())
    assert "For directorates: primary education of ΑΘΗΝΑΣ Α΄" in shown
    assert "For units of the kinds: primary school" in shown


def test_a_register_that_really_shrank_is_accepted_by_a_person(
    centre: Centre, kypek: Terminal, register: Register
) -> None:
    """Nobody could say so: what schools had closed stayed known, and after a month all of it was called old."""
    closed = [Entry(1000001 + n, f"{n}ο ΛΥΚΕΙΟ", f"05{n:05d}", 133) for n in range(1, 4)]
    register.book.units += closed
    kypek("directory", "refresh")
    register.book.units = register.book.units[:1]
    centre.clock.turn(days=8)
    said = " ".join(kypek("directory", "refresh").out.split())
    assert "If it really has become so small: `kypek-sync directory accept mm --why TEXT`." in said
    said = " ".join(kypek("directory", "refresh", language="el").out.split())
    accepted = kypek("directory", "accept", "mm", "--why", "schools merged", "--who", "maria", "--yes")
    assert accepted.code == 0
    shown = " ".join(accepted.out.split())
    assert "4 entries at the last good read" in shown
    assert "Accepted by maria: the next complete read of about that size counts as good." in shown
    assert "leaves as slowly" not in shown
    (entry,) = [one for one in kypek("journal", "list", "--json").json if one["kind"] == "accepted"]
    told = {name: entry["content"][name] for name in ("system", "good", "items", "why")}
    assert told == {"system": "mm", "good": 4, "items": 1, "why": "schools merged"}
    centre.clock.turn(hours=1)
    kypek("directory", "refresh")
    assert "(just now): 1 units." in of_check(kypek)["text"]
    assert "nothing to accept" in kypek("directory", "accept", "mm", "--why", "again", "--yes").err
