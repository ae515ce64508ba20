"""What is said of a token that will end changes with each stage; of one that has ended it says what stands still."""

from __future__ import annotations

from datetime import date

import pytest

from kypek_sync.contract import Stage
from kypek_sync.language import speaker
from kypek_sync.seminar.expiry_words import Ending, ending_case

TEXT = speaker("en")
SUMMER = "in the summer there may be nobody"
MEANWHILE = "Until then everything works as it does"
STANDS = "Nothing is read from it and nothing is changed there until then"


@pytest.mark.parametrize(
    ("stage", "subject", "said", "unsaid"),
    [
        (Stage.SUMMER, "ends in the summer", (MEANWHILE, SUMMER), (STANDS,)),
        (Stage.SOON, "ends in less than 60 days", (MEANWHILE,), (STANDS, SUMMER)),
        (Stage.NOW, "ends in less than 30 days", (MEANWHILE,), (STANDS, SUMMER)),
        (Stage.OVER, "has ended", (STANDS,), (MEANWHILE, SUMMER)),
    ],
)
def test_each_stage_has_its_own_words(
    stage: Stage, subject: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    case = ending_case("att-a", Ending("moodle", date(2027, 6, 30), stage), TEXT)
    assert case.ref == "kypek:case:att-a:token-ends:moodle"
    assert case.subject == f"The token of moodle {subject}, on 30/06/2027"
    assert all(words in case.body for words in (*said, "Make a new token there", "`kypek-sync check`"))
    assert not any(words in case.body for words in unsaid)
