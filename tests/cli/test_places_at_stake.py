"""What whoever decides about a login is told is what the decision does, in every KYPEK that shares the directory;
and who leaves loses their own places, not those of whoever had their login (design, rules 2 and 12)."""

from __future__ import annotations

import os
import re

import pytest
from sqlalchemy import insert, select, update

from kypek_sync.ledger.tables import applications, people, seats
from tests.cli.conftest import Terminal
from tests.cli.test_former_holder import exported, taken_over
from tests.sync.centre import TEACHERS, Centre, Teacher
from tests.sync.centre import seats as decided_seats

CODE = "EKFE-26-01"
ANNA, MARIA = ("Παλιά", "Ελένη"), ("Νέα", "Άννα")


def told(kypek: Terminal, login: str) -> list[tuple[str, str, str, str]]:
    """(KYPEK, login, with --same, with --other) of the places that the page names."""
    (one,) = kypek("directory", "person", login, "--json").json
    return [(p["kypek"], p["state"], p["with_same"], p["with_other"]) for p in one["in_doubt"]["places"]]


def leaves(kypek: Terminal) -> dict[str, tuple[list[str], list[str]]]:
    """Places and logins to be decided of those who are leaving, as the plan tells them, by login."""
    (lane,) = [one for one in kypek("plan", "--lane", "seats", "--json").json if one["lane"] == "seats"]
    return {
        one["login"]: ([place["state"] for place in one["places"]], one["waits_for_decision"])
        for one in lane.get("leaving") or []
    }


def test_who_had_an_entry_for_a_while_does_not_lose_the_seat_of_who_is_back(full: Centre, kypek: Terminal) -> None:
    """The seat of the one who is there was told to be lost by the other one, who never had a seat."""
    taken_over(full, kypek)
    kypek("sync")
    full.clock.turn(hours=7)
    exported(full, ANNA, ())
    kypek("sync")
    assert leaves(kypek) == {}
    status = kypek("status").out
    assert "1 person is leaving the directory" in status
    assert "places to be lost: 0" in status
    assert "They would then lose" not in kypek("directory", "person", "teacher1").out
    assert kypek("directory", "person", "teacher1", "--json").json[0]["in_doubt"] is None
    for days in (8, 8):
        full.clock.turn(days=days)
        exported(full, ANNA, ())
        kypek("sync")
        assert decided_seats(full, CODE)["teacher1"] == "granted"


def renamed_and_taken_over(full: Centre, kypek: Terminal) -> None:
    """teacher1's entry has another login, other names and another number: the seat stands under the old login."""
    exported(full, ANNA, ())
    kypek("sync")
    full.clock.turn(hours=7)
    again(full)
    kypek("sync")


def again(full: Centre) -> None:
    exported(full, MARIA, (), "612345")
    export, drawn = full.folder / "directory.ldif", full.clock.now.timestamp()
    export.write_text(re.sub("uid([=:] ?)teacher1([,\n])", r"uid\1moved1\2", export.read_text("utf-8")), "utf-8")
    os.utime(export, (drawn, drawn))


def test_a_seat_under_the_former_login_of_an_entry_that_was_taken_over_waits(full: Centre, kypek: Terminal) -> None:
    """It was told that it would be lost on a day, while nobody goes before it is decided who has the entry."""
    renamed_and_taken_over(full, kypek)
    assert leaves(kypek) == {"teacher1": (["granted"], ["moved1"])}
    for days in (8, 8):
        full.clock.turn(days=days)
        again(full)
        kypek("sync")
        assert decided_seats(full, CODE)["teacher1"] == "granted"
    assert told(kypek, "moved1") == [("att-a", "granted", "kept", "leaves")]
    said = kypek("directory", "person", "moved1", language="el").out
    assert "με --same είναι το ίδιο πρόσωπο, που κρατά τη θέση στο EKFE-26-01" in said
    assert "με --other ο προηγούμενος κάτοχος αποχωρεί από τον κατάλογο, και τότε χάνει τη θέση στο EKFE-26-01" in said
    assert "πηγαίνει στον επόμενο" not in said
    kypek("directory", "confirm", "moved1", "--other", "--why", "…", "--yes")
    kypek("sync")
    assert decided_seats(full, CODE)["teacher1"] == "granted"
    full.clock.turn(days=8)
    again(full)
    kypek("sync")
    assert decided_seats(full, CODE)["teacher1"] != "granted"


def test_with_same_the_seat_under_the_former_login_is_theirs(full: Centre, kypek: Terminal) -> None:
    renamed_and_taken_over(full, kypek)
    said = kypek("directory", "confirm", "moved1", "--same", "--why", "…", "--yes", language="el").out
    assert "που κρατά τη θέση στο EKFE-26-01" in said
    for days in (8, 8):
        full.clock.turn(days=days)
        again(full)
        kypek("sync")
        assert decided_seats(full, CODE)["teacher1"] == "granted"
    assert leaves(kypek) == {}


def test_who_applies_under_the_new_login_too_takes_the_seat_along(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    full.world.add_user("moved1", "Όνομα", "Moved1", "moved1@sch.example")
    (course,) = [one.code for one in full.world.courses()]
    full.apply("moved1", course, 10)
    full.clock.turn(hours=7)
    full.people(Teacher("moved1"), *TEACHERS[1:], Teacher("teacher1"))
    kypek("sync")
    assert told(kypek, "teacher1") == [("att-a", "granted", "kept", "elsewhere")]
    said = kypek("directory", "confirm", "teacher1", "--other", "--why", "…", "--yes", language="el").out
    assert "παίρνει τη θέση στο EKFE-26-01 μαζί του" in said
    kypek("sync")
    assert decided_seats(full, CODE)["moved1"] == "granted"


class Joined:
    """att-v read `other` and joins the directory of att-a, where teacher1 is somebody else, who has a seat at att-a."""

    def __init__(self, centre: Centre, kypek: Terminal) -> None:
        self.centre, self.kypek = centre, kypek
        kypek("sync")
        with centre.installation() as inst, inst.ledger.begin() as connection:
            (mine,) = connection.execute(select(people).where(people.c.login == "teacher1")).all()
            theirs = {**mine._mapping, "id": "f" * 32, "directory": "other", "digest": b"0" * 16}
            connection.execute(insert(people).values(**theirs))
            for table in (seats, applications):
                for row in connection.execute(select(table).where(table.c.login == "teacher1")).all():
                    connection.execute(insert(table).values(**{**row._mapping, "kypek": "att-v", "person": "f" * 32}))
            # Both applied before the directory was read for the first time.
            early = centre.clock.now.replace(hour=1)
            connection.execute(update(seats).where(seats.c.login == "teacher1").values(applied_at=early))
        file = centre.folder / "kypek.yaml"
        more = "  att-v:\n    name: ΚΥΠΕΚ Δυτικής Αττικής\n    directory: directory\n"
        file.write_text(file.read_text("utf-8") + more, "utf-8")

    def seat(self, kypek: str) -> tuple[str, str]:
        """State and owner of teacher1's."""
        with self.centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
            query = select(seats.c.state, seats.c.person).where(seats.c.login == "teacher1", seats.c.kypek == kypek)
            (row,) = connection.execute(query).all()
        return row.state, row.person


@pytest.fixture
def joined(full: Centre, kypek: Terminal) -> Joined:
    return Joined(full, kypek)


def test_the_page_names_the_seat_of_somebody_who_is_known_from_another_directory(joined: Joined) -> None:
    """It said «no seat», and the decision took the seat of att-a too, which nobody had been in doubt about."""
    before = joined.seat("att-a")
    assert told(joined.kypek, "teacher1") == [
        ("att-a", "granted", "kept", "kept"),
        ("att-v", "granted", "kept", "lost"),
    ]
    said = joined.kypek("directory", "person", "teacher1", language="el").out
    assert re.search(r"το είχε πριν: .* τη θέση στο EKFE-26-01 \(att-v\)", said)
    assert re.search(r"το έχει τώρα: .* τη θέση στο EKFE-26-01 \(att-a\)", said)
    assert "καμία θέση" not in said
    shown = joined.kypek("directory", "confirm", "teacher1", "--other", "--why", "…", "--yes", language="el").out
    assert "δεν παίρνει τη θέση στο EKFE-26-01 (att-v)" in shown
    assert "με --other όποιος την έχει κρατά τη θέση στο EKFE-26-01 (att-a)" in shown
    for _ in range(2):
        joined.centre.clock.turn(hours=1)
        joined.kypek("sync", "-k", "att-a")
        assert joined.seat("att-a") == before
    assert joined.kypek("directory", "person", "teacher1", "--json").json[0]["in_doubt"] is None


def test_another_kypek_with_a_directory_of_its_own_puts_nobody_in_doubt(joined: Joined) -> None:
    file = joined.centre.folder / "kypek.yaml"
    more = "  other: {type: ldif, mode: apply, file: other.ldif, max_age: 400 days}\n"
    text = file.read_text("utf-8").replace("kypeks:\n", f"{more}kypeks:\n", 1)
    head, tail = text.rsplit("directory: directory", 1)
    file.write_text(f"{head}directory: other{tail}", "utf-8")
    (one,) = joined.kypek("directory", "person", "teacher1", "-k", "att-a", "--json").json
    assert one["in_doubt"] is None
