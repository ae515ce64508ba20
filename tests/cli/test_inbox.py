"""An inbox answers each new programme once, loses nothing, and makes a right one the structure's programme."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kypek_sync.ledger import leases
from kypek_sync.sync.inbox.inbox import InboxAnswer, Outcome, process
from kypek_sync.sync.inbox.memory import Memory
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre

RIGHT = """\
σεμινάρια:
  - κωδικός: {code}
    τίτλος: {title}
    μορφή: δια ζώσης
    θέσεις: {capacity}
    επιμορφωτές: trainer1
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: 3/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ}}
"""


@pytest.fixture
def box(centre: Centre) -> Path:
    """The inbox of the one structure; a programme is in force already."""
    file = centre.folder / "kypek.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("programme: ekfe.yaml", "programme: ekfe.yaml, inbox: inbox"), "utf-8")
    assert "inbox: inbox" in file.read_text("utf-8")
    centre.seminar("OLD-1")
    (centre.folder / "inbox").mkdir()
    return centre.folder / "inbox"


def programme(code: str = "NEW-1", title: str = "Νέο", capacity: int = 5) -> str:
    return RIGHT.format(code=code, title=title, capacity=capacity)


def answers(centre: Centre) -> list[InboxAnswer]:
    with centre.installation() as inst:
        return process(inst, "att-a")


def in_force(centre: Centre) -> str:
    return (centre.folder / "ekfe.yaml").read_text("utf-8")


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir() if not file.name.startswith(".")}


def test_a_right_programme_takes_the_place_of_the_old_one_which_is_kept(centre: Centre, box: Path) -> None:
    old = in_force(centre)
    (box / "schedio.yaml").write_text(programme(), "utf-8")
    (answer,) = answers(centre)
    assert (answer.outcome, answer.errors, answer.answers) == (Outcome.TAKEN, 0, ("schedio.apantisi.txt",))
    assert in_force(centre) == programme()
    (aside,) = centre.folder.glob("ekfe.2026-11-02.*.yaml")
    assert aside.read_text("utf-8") == old
    assert (box / "schedio.yaml").read_text("utf-8") == programme()
    said = (box / "schedio.apantisi.txt").read_text("utf-8")
    assert said.startswith("ΕΚΦΕ: απάντηση για το αρχείο schedio.yaml\nΟ έλεγχος έγινε στις 02/11/2026 11:00.\n")
    assert "Το αρχείο είναι από τώρα το σχέδιο δράσης της δομής." in said
    assert "Νέα σεμινάρια: NEW-1" in said


def test_a_second_look_answers_nothing_again(centre: Centre, box: Path) -> None:
    (box / "a.yaml").write_text(programme(), "utf-8")
    (box / "b.yaml").write_text(programme(code="κακός κωδικός"), "utf-8")
    assert len(answers(centre)) == 2
    before = {file.name: file.stat().st_mtime_ns for file in box.iterdir()}
    assert answers(centre) == []
    assert {file.name: file.stat().st_mtime_ns for file in box.iterdir()} == before


def test_a_programme_with_errors_changes_nothing_and_comes_back_marked(centre: Centre, box: Path) -> None:
    old = in_force(centre)
    (box / "schedio.yaml").write_text(programme(capacity=0), "utf-8")
    (answer,) = answers(centre)
    assert (answer.outcome, answer.errors) == (Outcome.ERRORS, 1)
    assert in_force(centre) == old
    assert "✎" in (box / "schedio.apantisi.yaml").read_text("utf-8")
    said = (box / "schedio.apantisi.txt").read_text("utf-8")
    assert "Για διόρθωση:" in said
    assert "Τα ίδια είναι σημειωμένα στα κελιά του schedio.apantisi.yaml." in said
    assert "Το σχέδιο δράσης δεν άλλαξε." in said


def test_the_answer_corrected_in_place_is_a_new_programme(centre: Centre, box: Path) -> None:
    (box / "schedio.yaml").write_text(programme(capacity=0), "utf-8")
    answers(centre)
    marked = box / "schedio.apantisi.yaml"
    corrected = "".join(
        line.replace("θέσεις: 0", "θέσεις: 7")
        for line in marked.read_text("utf-8").splitlines(keepends=True)
        if "✎" not in line
    )
    marked.write_text(corrected, "utf-8")
    (answer,) = answers(centre)
    assert (answer.file, answer.outcome) == ("schedio.apantisi.yaml", Outcome.TAKEN)
    assert "θέσεις: 7" in in_force(centre)
    assert marked.read_text("utf-8") == corrected


def test_what_an_officer_wrote_over_an_answer_is_not_overwritten(centre: Centre, box: Path) -> None:
    (box / "schedio.yaml").write_text(programme(capacity=0), "utf-8")
    answers(centre)
    marked = box / "schedio.apantisi.yaml"
    mine = marked.read_text("utf-8").replace("Νέο", "Ακόμη λάθος")
    marked.write_text(mine, "utf-8")
    (answer,) = answers(centre)
    assert answer.outcome is Outcome.ERRORS
    assert marked.read_text("utf-8") == mine
    assert "schedio.apantisi-2.yaml" in answer.answers


def test_a_new_version_gets_a_new_answer_in_the_place_of_the_old_one(centre: Centre, box: Path) -> None:
    (box / "schedio.yaml").write_text(programme(capacity=0), "utf-8")
    answers(centre)
    (box / "schedio.yaml").write_text(programme(), "utf-8")
    (answer,) = answers(centre)
    assert answer.outcome is Outcome.TAKEN
    assert "είναι από τώρα" in (box / "schedio.apantisi.txt").read_text("utf-8")


def test_the_newest_right_file_is_the_programme(centre: Centre, box: Path) -> None:
    for number, name in enumerate(("z.yaml", "a.yaml")):
        (box / name).write_text(programme(title=f"Τίτλος {name}"), "utf-8")
        os.utime(box / name, (1000 + number, 1000 + number))
    assert [answer.file for answer in answers(centre)] == ["z.yaml", "a.yaml"]
    assert "Τίτλος a.yaml" in in_force(centre)


def test_codes_that_are_given_are_in_the_programme_too(centre: Centre, box: Path) -> None:
    (box / "schedio.yaml").write_text(programme().replace("κωδικός: NEW-1\n    ", ""), "utf-8")
    (answer,) = answers(centre)
    assert answer.outcome is Outcome.TAKEN
    assert "κωδικός:" in in_force(centre)
    assert "δεν είχαν κωδικό και τους δόθηκε" in (box / "schedio.apantisi.txt").read_text("utf-8")


def test_what_is_no_programme_is_told_so(centre: Centre, box: Path) -> None:
    (box / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (box / "tab.yaml").write_text("σεμινάρια:\n\t- τίτλος: x\n", "utf-8")
    (box / "empty.xlsx").write_bytes(b"")
    found = {answer.file: answer.outcome for answer in answers(centre)}
    assert found == dict.fromkeys(("photo.jpg", "tab.yaml", "empty.xlsx"), Outcome.UNREADABLE)
    assert "Το σχέδιο δράσης δεν άλλαξε." in (box / "photo.apantisi.txt").read_text("utf-8")
    assert answers(centre) == []


def test_a_file_of_another_kind_than_the_settings_name_is_not_taken(centre: Centre, box: Path, kypek: Terminal) -> None:
    old = in_force(centre)
    assert kypek("programme", "template", "-o", box / "schedio.xlsx", "--structure", "ekfe").code == 0
    (answer,) = answers(centre)
    assert (answer.outcome, answer.why) == (
        Outcome.NOT_TAKEN,
        "The settings name ekfe.yaml; a .xlsx cannot take its place.",
    )
    assert in_force(centre) == old


def test_the_same_programme_again_changes_nothing(centre: Centre, box: Path) -> None:
    (box / "same.yaml").write_bytes((centre.folder / "ekfe.yaml").read_bytes())
    (answer,) = answers(centre)
    assert answer.outcome is Outcome.SAME
    assert not list(centre.folder.glob("ekfe.2026*"))


def test_hidden_files_folders_links_and_notes_are_left_alone(centre: Centre, box: Path, tmp_path: Path) -> None:
    for name in (".hidden.yaml", "~$schedio.xlsx", "notes.txt", "half.xlsx.part"):
        (box / name).write_text("x", "utf-8")
    (box / "folder").mkdir()
    (box / "link.yaml").symlink_to(centre.folder / "token")
    assert answers(centre) == []


def test_a_lost_memory_ends_the_same(centre: Centre, box: Path) -> None:
    (box / "schedio.yaml").write_text(programme(), "utf-8")
    answers(centre)
    held = in_force(centre)
    for broken in ("", "[]", '{"answered": 1}'):
        (box / ".kypek-inbox.json").write_text(broken, "utf-8")
        assert [answer.outcome for answer in answers(centre)] == [Outcome.SAME]
        assert in_force(centre) == held


def test_a_crash_between_taking_and_remembering_loses_nothing(
    centre: Centre, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = in_force(centre)
    (box / "schedio.yaml").write_text(programme(), "utf-8")

    def dies(self: Memory, digest: str, name: str, outcome: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Memory, "answered", dies)
        with pytest.raises(KeyboardInterrupt):
            answers(centre)
    assert [answer.outcome for answer in answers(centre)] == [Outcome.SAME]
    assert answers(centre) == []
    assert [file.read_text("utf-8") for file in centre.folder.glob("ekfe.2026*")] == [old]
    assert names(box) == {"schedio.yaml", "schedio.apantisi.txt"}


def test_a_folder_that_is_a_file_is_a_problem_that_stops_nothing_else(
    centre: Centre, box: Path, kypek: Terminal
) -> None:
    box.rmdir()
    box.write_text("x")
    (answer,) = answers(centre)
    assert answer.outcome is Outcome.PROBLEM
    assert "inbox cannot be read: " in answer.why
    said = kypek("check", "--json")
    assert said.code == 1
    assert f"{box} is not a folder." in {line["text"] for line in said.json["lines"]}


def test_while_somebody_else_answers_nothing_is_done(centre: Centre, box: Path) -> None:
    (box / "schedio.yaml").write_text(programme(), "utf-8")
    with centre.installation() as inst:
        with inst.ledger.begin() as connection:
            leases.take(connection, "att-a", "inbox", "another", centre.clock())
        assert process(inst, "att-a") == []
        with inst.ledger.begin() as connection:
            leases.give_back(connection, "att-a", "inbox", "another")
        assert len(process(inst, "att-a")) == 1


def test_by_hand_it_tells_what_became_of_each_file(centre: Centre, box: Path, kypek: Terminal) -> None:
    assert kypek("programme", "inbox").out == "There is nothing new in the inboxes.\n"
    (box / "right.yaml").write_text(programme(), "utf-8")
    right = kypek("programme", "inbox", language="el")
    assert (right.code, "είναι από τώρα το σχέδιο δράσης" in right.out) == (0, True)
    (box / "wrong.yaml").write_text(programme(capacity=0), "utf-8")
    wrong = kypek("programme", "inbox", "--json")
    assert wrong.code == 2
    assert wrong.json[0]["answers"] == ["wrong.apantisi.yaml", "wrong.apantisi.txt"]
    assert str(answers(centre)) == "[]"


def test_after_approval_is_asked_for_the_officer_is_told_so(centre: Centre, box: Path) -> None:
    file = centre.folder / "kypek.yaml"
    file.write_text(file.read_text("utf-8").replace("approval: false", "approval: true"), "utf-8")
    (box / "schedio.yaml").write_text(programme(), "utf-8")
    (answer,) = answers(centre)
    assert str(answer) == "ekfe: schedio.yaml: taken (0 errors, 0 warnings)."
    said = (box / "schedio.apantisi.txt").read_text("utf-8")
    assert "μετά την έγκριση του Επιστημονικού Συμβουλίου" in said
