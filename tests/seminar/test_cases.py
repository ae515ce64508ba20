"""Which facts deserve a ticket: one cause, one case."""

from __future__ import annotations

from datetime import UTC, datetime

from kypek_sync.language import speaker
from kypek_sync.seminar.cases import (
    Case,
    InPart,
    Lift,
    OldExport,
    OpenHold,
    Refusal,
    Stopped,
    Stranger,
    cases,
    reference,
)

TEXT = speaker("en")


def found(strangers=(), refusals=(), holds=()) -> dict[str, Case]:  # type: ignore[no-untyped-def]
    return {case.ref: case for case in cases("att-a", strangers, refusals, holds, TEXT)}


def test_nothing_wrong_is_no_case() -> None:
    assert found() == {}


def test_all_strangers_of_a_kypek_are_one_case_with_a_list() -> None:
    those = [Stranger("zoe", "Ζωή Μ.", "S2", "eclass"), Stranger("akis", "Άκης Π.", "S1", "moodle")]
    case = found(strangers=those)["kypek:case:att-a:unknown-people"]
    lines = [line for line in case.body.splitlines() if line.startswith("- ")]
    assert [line.split()[1] for line in lines] == ["akis", "zoe"]


def test_refusals_of_one_seminar_on_one_system_are_one_case() -> None:
    refusals = [
        Refusal("eclass", "S1", "enrolment.add", "trainer1", "sign in once"),
        Refusal("eclass", "S1", "enrolment.add", "trainer2", "sign in once"),
        Refusal("moodle", "S1", "group.create", "", "no right"),
    ]
    made = found(refusals=refusals)
    assert set(made) == {"kypek:case:att-a:refused:eclass:S1", "kypek:case:att-a:refused:moodle:S1"}
    assert made["kypek:case:att-a:refused:eclass:S1"].seminar == "S1"
    assert "trainer2" in made["kypek:case:att-a:refused:eclass:S1"].body


def test_holds_name_the_command_that_decides() -> None:
    case = found(holds=[OpenHold(7, "limit", "moodle", "S1", 12)])["kypek:case:att-a:holds"]
    assert "hold 7: 12 changes" in case.body
    assert "kypek-sync holds approve" in case.body


def test_each_connector_that_stopped_is_one_case_that_says_why_and_what_to_do() -> None:
    made = cases("att-a", (), (), (), TEXT, stopped=[Stopped("moodle", "The token is refused.")])
    assert [case.ref for case in made] == ["kypek:case:att-a:connector-stopped:moodle"]
    assert "The token is refused." in made[0].body
    assert "kypek-sync check" in made[0].body


def test_each_export_that_is_too_old_is_one_case_that_says_what_to_do() -> None:
    (one,) = cases("att-a", (), (), (), TEXT, old=[OldExport("directory")])
    assert (one.ref, one.subject) == (
        "kypek:case:att-a:old-export:directory",
        "The export of directory is too old",
    )
    assert "Draw a new one" in one.body
    assert "nobody counts as gone" in one.body


def test_each_directory_that_is_read_only_in_part_is_one_case_that_says_since_when() -> None:
    since = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    (one,) = cases("att-a", (), (), (), TEXT, in_part=[InPart("directory", since)])
    assert (one.ref, one.subject) == (
        "kypek:case:att-a:read-in-part:directory",
        "directory is read only in part",
    )
    assert "It was last read in full on 02/11/2026 03:00." in one.body
    assert "kypek-sync directory refresh" in one.body


def test_the_case_of_such_a_directory_names_each_way_out() -> None:
    since = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    (one,) = cases("att-a", (), (), (), TEXT, in_part=[InPart("sch", since, tuple(sorted(set(Lift) - {Lift.CLOCK})))])
    for option in ("", "--numbers ", "--groups "):
        assert f"`kypek-sync directory accept sch {option}--why TEXT`" in one.body
    (clock,) = cases("att-a", (), (), (), TEXT, in_part=[InPart("sch", since, (Lift.CLOCK,))])
    assert "By our clock it was last read in full on 02/11/2026 03:00, which is still to come." in clock.body
    assert "`kypek-sync directory accept sch --clock --why TEXT`" in clock.body
    assert "directory refresh" not in clock.body  # it would change nothing


def test_a_reference_has_no_empty_parts() -> None:
    assert reference("att-a", "holds") == "kypek:case:att-a:holds"
