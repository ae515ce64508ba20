"""A token that will end is told at each stage once: in a case, and in a letter to each administrator (E-2)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kypek_sync.contract import Stage, expiry_stage, year_after
from kypek_sync.language import speaker
from kypek_sync.ledger import cases, outbox
from kypek_sync.ledger.cases import Filed
from kypek_sync.notices.wording import words
from kypek_sync.seminar.expiry_words import Ending, ending_case
from kypek_sync.sync.run import sync
from tests.sync.centre import Centre, sync_once

REF = "kypek:case:att-a:token-ends:eclass"


@pytest.mark.parametrize(
    ("ends", "today", "stage"),
    [
        ("2027-03-01", "2026-12-30", Stage.FAR),
        ("2027-03-01", "2026-12-31", Stage.SOON),
        ("2027-03-01", "2027-01-29", Stage.SOON),
        ("2027-03-01", "2027-01-30", Stage.NOW),
        ("2027-03-01", "2027-03-01", Stage.NOW),
        ("2027-03-01", "2027-03-02", Stage.OVER),
        ("2027-09-30", "2027-06-14", Stage.FAR),
        ("2027-09-30", "2027-06-15", Stage.SUMMER),
        ("2027-09-30", "2027-08-01", Stage.SOON),
        ("2027-07-01", "2027-06-15", Stage.NOW),
        ("2027-06-30", "2027-04-30", Stage.FAR),
        ("2027-10-01", "2027-06-15", Stage.FAR),
        ("2028-08-01", "2027-06-15", Stage.FAR),
    ],
)
def test_the_stages_of_a_token(ends: str, today: str, stage: Stage) -> None:
    assert expiry_stage(date.fromisoformat(ends), date.fromisoformat(today)) is stage


def test_a_year_after_the_29th_of_february_there_is_none() -> None:
    assert year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert year_after(date(2026, 11, 3)) == date(2027, 11, 3)


def test_each_stage_says_something_else_and_a_day_says_nothing_new() -> None:
    text = speaker("el")
    stages = set(Stage) - {Stage.FAR}
    said = [ending_case("att-a", Ending("eclass", date(2027, 8, 1), stage), text) for stage in sorted(stages)]
    assert len({case.subject for case in said}) == len(stages)
    assert all("01/08/2027" in case.subject for case in said)


def with_token_until(centre: Centre, day: str) -> None:
    """kypek.yaml with the token's last day."""
    centre.services |= {"administrators": "[officer1]", "post": "mail"}
    centre.connectors["mail"] = "type: smtp, host: 127.0.0.1, port: 1, sender: kypek@sch.example, security: none"
    centre.settings()
    file = centre.folder / "kypek.yaml"
    written = file.read_text(encoding="utf-8").replace('department: "3"', f'department: "3"\n    token_expires: {day}')
    file.write_text(written, encoding="utf-8")


def tickets_on(centre: Centre, day: str) -> tuple[Filed | None, list[str]]:
    """The case, and the subjects of the letters, after two passes on a day."""
    centre.clock.now = datetime.fromisoformat(f"{day}T08:00").replace(tzinfo=UTC)
    for _ in range(2):
        centre.clock.turn(minutes=5)
        sync_once(centre, "tickets")
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        filed = {one.case.ref: one for one in cases.listed(connection, "att-a")}.get(REF)
        mine = [row for row in outbox.listed(connection) if row.notice.kind == "token-ends"]
        assert {row.notice.login for row in mine} <= {"officer1"}
        return filed, [words("token-ends", dict(row.notice.facts), "Όνομα", inst.text).subject for row in mine]


def test_a_case_and_a_letter_at_each_stage_and_the_end_when_a_later_day_is_set(centre: Centre) -> None:
    with_token_until(centre, "2027-09-10")
    sync_once(centre, "directory")
    assert tickets_on(centre, "2027-06-10") == (None, [])
    texts = []
    for day, letters in (("2027-06-15", 1), ("2027-07-01", 1), ("2027-07-20", 2), ("2027-08-20", 3), ("2027-09-12", 4)):
        filed, subjects = tickets_on(centre, day)
        assert filed is not None
        assert filed.cured is None
        assert len(subjects) == letters
        texts.append((filed.case.subject, filed.version))
    assert [version for _, version in texts] == [1, 1, 2, 3, 4]
    assert texts[-1][0] == "Το διακριτικό (token) του eclass έληξε, στις 10/09/2027"
    with_token_until(centre, "2028-05-10")
    filed, subjects = tickets_on(centre, "2027-09-13")
    assert filed is not None
    assert filed.cured is not None
    assert len(subjects) == 4


def test_a_plan_tells_nobody(centre: Centre) -> None:
    """A dry pass makes its way without keeping anything."""
    with_token_until(centre, "2026-11-20")
    with centre.installation() as inst:
        sync(inst, lanes=("tickets",), dry=True)
        with inst.ledger.begin(keep=False) as connection:
            assert cases.listed(connection) == []
            assert outbox.listed(connection) == []
