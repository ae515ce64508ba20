"""One person can see all that is held about them, and be forgotten: nobody else loses anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kypek_sync.ledger.columns import metadata
from kypek_sync.ledger.forgetting import text_columns
from kypek_sync.ledger.naming import FORGOTTEN
from kypek_sync.sync.lease import LaneLease
from tests.cli.conftest import Terminal
from tests.sync.centre import TEACHERS, Centre, Teacher, done, sync_once

pytestmark = pytest.mark.slow

GONE = "teacher1"
OTHERS = tuple(teacher for teacher in TEACHERS if teacher.login != GONE)
NAMES = ("teacher1", "Όνομα Teacher1", "Teacher1 Όνομα", "teacher1@sch.example")


def rows(centre: Centre, *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Every row of the ledger that has a text, as text, by table."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return {
            table.name: [
                json.dumps([row._mapping[column] for column in text_columns(table)], ensure_ascii=False)
                for row in connection.execute(select(table))
            ]
            for table in metadata.sorted_tables
            if table.name not in but
        }


def naming(centre: Centre, *names: str) -> dict[str, list[str]]:
    """The texts in which somebody is named."""
    found = {
        table: [text for text in texts if any(name.lower() in text.lower() for name in names)]
        for table, texts in rows(centre).items()
    }
    return {table: texts for table, texts in found.items() if texts}


@pytest.fixture
def over(full: Centre, kypek: Terminal) -> Centre:
    """The seminar was held; teacher1, who had a seat, left the directory long ago. Somebody approved, and was told."""
    full.people(*OTHERS, Teacher(GONE))
    full.settings(mode="propose")
    kypek("sync")
    (hold,) = kypek("holds", "list", "--json").json
    kypek("holds", "approve", hold["id"], "--who", "maria.papadea")
    full.settings()
    full.clock.turn(minutes=1)
    kypek("sync")
    leave(full)
    return full


def leave(centre: Centre) -> None:
    """Teacher1 goes from the directory, and the seminar comes to its end."""
    for hours in (12, 12, 24 * 10, 24 * 150):
        centre.clock.turn(hours=hours)
        centre.people(*OTHERS)
        sync_once(centre, "directory")


def test_after_forgetting_no_text_of_the_ledger_names_the_person(over: Centre, kypek: Terminal) -> None:
    before = naming(over, *NAMES)
    assert {"people", "seats", "applications", "decisions", "intents", "journal_people", "holds"} <= before.keys()
    said = kypek("person", "forget", GONE, "--yes")
    assert (said.code, said.err) == (0, "")
    assert naming(over, *NAMES) == {}


def test_the_database_file_does_not_hold_what_was_overwritten(over: Centre, kypek: Terminal) -> None:
    kypek("person", "forget", GONE, "--yes")
    held = b"".join(file.read_bytes() for file in sorted(over.folder.glob("kypek.db*")))
    assert b"teacher2" in held
    assert b"teacher1@sch.example" not in held
    assert b'"teacher1"' not in held


def test_the_chain_stays_valid_and_tells_that_somebody_was_forgotten(over: Centre, kypek: Terminal) -> None:
    entries = len(kypek("journal", "list", "-n", 500, "--json").json)
    kypek("person", "forget", GONE, "--yes")
    verdict = kypek("journal", "verify", "--deep")
    assert verdict.code == 0
    assert "unbroken" in verdict.out
    listed = kypek("journal", "list", "-n", 500, "--json").json
    assert {line["kind"] for line in listed[entries:]} == {"forgotten"}
    assert any(line["content"] is None for line in listed)
    assert all(not line["login"] for line in listed[entries:])


def test_other_people_keep_all_that_is_theirs(over: Centre, kypek: Terminal) -> None:
    before = naming(over, "teacher2", "teacher3")
    kypek("person", "forget", GONE, "--yes")
    after = naming(over, "teacher2", "teacher3")
    assert {table: len(texts) for table, texts in after.items()} == {t: len(x) for t, x in before.items()}
    for table in ("seats", "applications", "claims", "people", "person_keys"):
        assert after[table] == before[table]


def test_the_next_sync_neither_brings_the_person_back_nor_touches_anybody(over: Centre, kypek: Terminal) -> None:
    sync_once(over)
    kypek("person", "forget", GONE, "--yes")
    over.world.unenrol(GONE, over.world.courses()[0].code)
    for _ in range(2):
        over.clock.turn(minutes=30)
        assert done(sync_once(over)["seats"]) == []
    assert naming(over, *NAMES) == {}
    seats = kypek("seats", "list", "EKFE-26-01", "--json").json
    states = {str(seat["login"]): seat["state"] for seat in seats}
    (word,) = (login for login in states if login.startswith(FORGOTTEN))
    assert states[word] == "granted"  # the figure stays: two seats were given
    assert states["teacher2"] == "granted"


def test_who_still_stands_in_the_directory_or_has_a_seat_is_not_forgotten(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    before = rows(full)
    said = kypek("person", "forget", GONE, "--yes")
    assert said.code == 1
    assert "the directory still shows teacher1" in said.err
    assert "seminar EKFE-26-01, which is not over" in said.err
    assert rows(full) == before
    for login, why in (("trainer1", "as trainer of EKFE-26-01"), ("officer1", "kypek.yaml names officer1")):
        assert why in kypek("person", "forget", login, "--yes").err


def test_even_so_forgets_and_says_nothing_of_the_person_is_left(full: Centre, kypek: Terminal) -> None:
    kypek("sync")
    assert kypek("person", "forget", GONE, "--yes", "--even-so").code == 0
    assert naming(full, *NAMES) == {}
    assert kypek("journal", "verify").code == 0


def test_a_name_given_on_the_command_line_can_be_forgotten_too(over: Centre, kypek: Terminal) -> None:
    assert "holds" in naming(over, "maria.papadea")
    assert kypek("person", "forget", "maria.papadea", "--yes").code == 0
    assert naming(over, "maria.papadea") == {}
    assert kypek("journal", "verify").code == 0
    approved = [line for line in kypek("journal", "list", "-n", 500, "--json").json if line["kind"] == "hold"]
    assert approved
    assert approved[0]["content"] is not None  # the decision itself is about others, and stays


def test_it_asks_before_it_forgets_and_knows_when_there_is_nothing(
    over: Centre, kypek: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "")
    before = rows(over)
    assert "Nothing was changed." in kypek("person", "forget", GONE).err
    assert rows(over) == before
    assert "Nothing is held about nobody" in kypek("person", "forget", "nobody", "--yes").err
    assert "Nothing is held about nobody" in kypek("person", "export", "nobody", "-o", over.folder / "x.json").err


def test_nobody_is_forgotten_while_a_pass_is_under_way(over: Centre, kypek: Terminal) -> None:
    """It may have read the person already, and would write them afterwards."""
    before = rows(over, but=("leases",))
    with over.installation() as inst, LaneLease(inst.ledger, "att-a", "seats", over.clock):
        said = kypek("person", "forget", GONE, "--yes")
    assert said.code == 1
    assert "A pass is under way." in said.err
    assert rows(over, but=("leases",)) == before
    assert kypek("person", "forget", GONE, "--yes").code == 0


def test_the_export_has_everything_and_no_keyed_hash(over: Centre, kypek: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "teacher1.json"
    said = kypek("person", "export", GONE, "-o", file)
    assert said.code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert [seat["state"] for seat in found["θέσεις"]] == ["granted"]
    assert found["αιτήσεις"]
    assert found["αλλαγές που ζητήθηκαν από πλατφόρμες"]
    assert {line["kind"] for line in found["ημερολόγιο"]} >= {"decision", "change", "departure"}
    assert found["είδη αναγνωριστικών που τηρούνται"] == ["entry-uuid", "login", "registry"]
    with over.installation() as inst, inst.ledger.begin(keep=False) as connection:
        table = metadata.tables["person_keys"]
        hashes = {row.value for row in connection.execute(select(table).where(table.c.kind == "registry"))}
    held = file.read_text("utf-8")
    assert hashes
    assert not any(value in held for value in hashes)
    assert "teacher2" not in held


def test_who_is_in_the_directory_now_can_be_exported_too(full: Centre, kypek: Terminal, tmp_path: Path) -> None:
    """A pass keeps a digest of each entry that the directory shows, in bytes: the export of everybody but those long
    gone ended in a TypeError and left half a file."""
    kypek("sync")
    with full.installation() as inst, inst.ledger.begin(keep=False) as connection:
        table = metadata.tables["people"]
        assert connection.execute(select(table.c.digest).where(table.c.login == GONE)).scalar_one()
    file = tmp_path / "teacher1.json"
    said = kypek("person", "export", GONE, "-o", file)
    assert (said.code, said.err) == (0, "")
    assert file.stat().st_mode & 0o777 == 0o600
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    (entry,) = found["στον κατάλογο"]
    assert entry["login"] == GONE
    assert "digest" not in entry


def test_an_export_that_fails_leaves_the_file_that_was_there(
    full: Centre, kypek: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file was emptied before anything was written to it."""
    kypek("sync")
    file = tmp_path / "teacher1.json"
    file.write_text("whole", encoding="utf-8")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    said = kypek("person", "export", GONE, "-o", file)
    assert said.code == 1
    assert "No space left on device" in said.err
    assert file.read_text("utf-8") == "whole"
    assert [one.name for one in tmp_path.glob(".teacher1*")] == []


def test_the_words_for_one_person_are_the_same_in_all_tables(over: Centre, kypek: Terminal) -> None:
    kypek("person", "forget", GONE, "--yes")
    found = naming(over, FORGOTTEN)
    assert {"seats", "applications", "decisions", "intents"} <= found.keys()
