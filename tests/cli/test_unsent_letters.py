"""A letter that its server refused is no dead end: it is listed, and tried again when a person asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kypek_sync.sandbox.mail import Sink
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail

CODE = "EKFE-26-01"


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


@pytest.fixture
def refused(full: Centre, sink: Sink, kypek: Terminal) -> str:
    """The number of the one letter whose recipient was refused."""
    full.faults.set("smtp:refuse-recipient@1")
    sync_once(full)
    full.faults.lift()
    (one,) = kypek("errors", "list", "--json").json
    return str(one["id"])


def reached(sink: Sink) -> set[str]:
    return {to.partition("@")[0] for one in sink.messages() for to in one.recipients}


def test_a_refused_letter_is_listed_with_its_answer_and_the_next_step(refused: str, kypek: Terminal) -> None:
    """`status` only had a number, and `errors` did not know of letters."""
    assert "(`kypek-sync errors list`)" in kypek("status").out.partition("Notices given up: 1;")[2].splitlines()[0]
    (one,) = kypek("errors", "list", "--json").json
    assert (one["verb"], one["outcome"], one["attempts"], one["given_up"]) == ("mail.send", "refused", 1, True)
    shown = kypek("errors", "list", language="el").out
    for words in (refused, "post", CODE, one["target"]["login"], "550", "μόνο αν το ζητήσετε", "errors retry ID"):
        assert words in shown


@pytest.mark.parametrize("how", [(), ("--all",), ("--system", "post"), ("--seminar", CODE)])
def test_it_is_tried_again_and_arrives(
    refused: str, full: Centre, sink: Sink, kypek: Terminal, how: tuple[str, ...]
) -> None:
    login = kypek("errors", "list", "--json").json[0]["target"]["login"]
    assert login not in reached(sink)
    said = kypek("errors", "retry", *(how or (refused,)))
    assert (said.code, said.out) == (0, "1 letter is tried at the next pass.\n")
    assert "at the next pass" in kypek("errors", "list").out
    assert sync_once(full, "mail")["mail"].counts["mails sent"] == 1
    assert login in reached(sink)
    assert kypek("errors", "list", "--json").json == []
    assert "Notices given up" not in kypek("status").out


def test_refused_once_more_it_is_listed_again(refused: str, full: Centre, kypek: Terminal) -> None:
    kypek("errors", "retry", refused)
    full.faults.set("smtp:refuse-recipient@1")
    sync_once(full, "mail")
    assert [(one["id"], one["given_up"]) for one in kypek("errors", "list", "--json").json] == [(refused, True)]


def test_other_connectors_and_seminars_have_no_part_in_it(refused: str, full: Centre, kypek: Terminal) -> None:
    for words in (("--system", "eclass"), ("--seminar", "EKFE-26-02")):
        assert kypek("errors", "list", *words, "--json").json == []
        assert kypek("errors", "retry", *words).out == "0 changes are tried at the next pass.\n"
    assert kypek("errors", "retry", "m999").err.startswith("There is no error m999 among these.")
    assert sync_once(full, "mail")["mail"].counts == {"notices due": 0}


def test_a_letter_that_says_what_is_no_longer_so_is_not_tried_again(
    refused: str, full: Centre, sink: Sink, kypek: Terminal
) -> None:
    """Who has lost a seat since, and was told of that, must not be told now that they have one."""
    login = kypek("errors", "list", "--json").json[0]["target"]["login"]
    full.world.unenrol(login, full.world.courses()[0].code)
    full.clock.turn(minutes=15)
    sync_once(full)
    assert login in reached(sink)
    assert kypek("errors", "list", "--json").json == []
    assert "Notices given up" not in kypek("status").out
    before = len(sink.messages())
    kypek("errors", "retry", "--all")
    sync_once(full, "mail")
    assert len(sink.messages()) == before
