"""When a read of the register is whole, and what a read that is not says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors.units_register.mapping import Misshapen, directorate, level, unit
from kypek_sync.contract import RegisteredDirectorate, RegisteredUnit, StopConnector, TryLater, UnitState
from kypek_sync.sandbox.serving import serve
from tests.connectors.units_register.simulated import NOW, Register, register
from tests.contracts.units_register import UNITS


@pytest.fixture
def server() -> Iterator[Register]:
    with register() as running:
        yield running


def test_only_the_states_of_the_settings_are_read(server: Register) -> None:
    every = server.connector(states=list(UnitState)).schools()
    abolished = server.connector(states=["abolished"]).schools()
    assert [unit.id for unit in every.items] == [*(unit.id for unit in UNITS), "1000199"]
    assert [(unit.id, unit.state) for unit in abolished.items] == [("1000199", UnitState.ABOLISHED)]
    assert every.complete
    assert abolished.complete


def test_a_read_says_the_moment_before_its_first_request(server: Register) -> None:
    assert server.connector(clock=lambda: NOW).schools().as_of == NOW


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("total-changes@1", "its total went from 6 to 7 while it was read."),
        ("repeats-page@1", "units came twice."),
        ("short-page@1", "page 1 says 3 units and holds 2; its pages hold 6 units and it says 7."),
    ],
)
def test_pages_that_do_not_fit_together_make_a_read_partial(server: Register, fault: str, why: str) -> None:
    """D-23: the sum of the counts is the total, and nothing comes twice."""
    server.faults.set(f"register:{fault}")
    read = server.connector().schools()
    assert not read.complete
    assert why in read.why_partial
    assert read.proofs == ()
    assert server.connector().schools().complete


@pytest.mark.parametrize("fault", ["error-status", "html-200", "empty-200", "server-error", "cut-body", "redirect"])
def test_a_page_that_cannot_be_read_leaves_what_was_seen(server: Register, fault: str) -> None:
    """D-22: an error comes with HTTP 200."""
    connector = server.connector()
    reading = connector._next

    def spoilt(seen: Any) -> str:
        if seen.pages == 1:
            server.faults.set(f"register:{fault}")
        return reading(seen)

    connector._next = spoilt
    read = connector.schools()
    assert [unit.id for unit in read.items] == ["1000100", "1000101", "1000102"]
    assert not read.complete
    assert read.why_partial.startswith("page 2 could not be read (")


@pytest.mark.parametrize("fault", ["error-status", "html-200", "empty-200", "unavailable", "refuse", "server-error"])
def test_a_register_that_gives_no_data_gives_nothing(server: Register, fault: str) -> None:
    server.faults.set(f"register:{fault}")
    connector = server.connector()
    for read in (connector.schools, connector.directorates):
        with pytest.raises(TryLater):
            read()


def test_the_error_of_the_body_is_told_with_its_words(server: Register) -> None:
    server.faults.set("register:error-status")
    with pytest.raises(TryLater, match=r"answered with the error 500: .*Προσωρινό πρόβλημα"):
        server.connector().schools()


def test_guests_who_are_refused_stop_the_connector(server: Register) -> None:
    server.faults.set("register:no-guests")
    with pytest.raises(StopConnector, match="refuses guests"):
        server.connector().schools()


def test_a_register_without_units_is_not_believed(server: Register) -> None:
    server.book.units.clear()
    read = server.connector().schools()
    assert (read.items, read.complete) == ((), False)
    assert read.why_partial == "it says that there are no units at all."


def test_a_slow_register_is_given_up_and_a_slow_read_ends_partial(server: Register) -> None:
    server.faults.set("register:slow=0.6")
    with pytest.raises(TryLater):
        server.connector(timeout=0.2).schools()
    server.faults.lift("register")
    server.faults.set("register:slow=0.05")
    read = server.connector(deadline=0.01).schools()
    assert not read.complete
    assert "it took longer than 0.01 s" in read.why_partial
    assert len(read.items) == 3


class Recording:
    """A server that answers what it is told and remembers what it was asked."""

    def __init__(self, *bodies: str, status: int = 200) -> None:
        self.bodies, self.status, self.asked = list(bodies), status, []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.asked.append((request.full_path, dict(request.headers)))
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        return Response(body, self.status)(environ, start_response)


def asked(app: Recording) -> Any:
    """The connector's read of what `app` answers."""
    running = serve(app, "register")
    try:
        connector = Register(running, None, None).connector()
        try:
            return connector.schools()
        finally:
            connector.close()
    finally:
        running.stop()


def test_it_asks_by_mm_id_and_sends_no_credentials() -> None:
    """D-23 and D-24."""
    app = Recording('{"status": 200, "data": [{"mm_id": 5, "name": "Α", "state_id": 1}], "count": 1, "total": 1}')
    assert asked(app).complete
    (path, headers), *_ = app.asked
    assert path == "/api/units?page=1&pagesize=3&orderby=mm_id&ordertype=ASC&state=1%2C2"
    assert not {"authorization", "cookie"} & {name.lower() for name in headers}


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '{"data": [], "count": 0, "total": 0}',
        '{"status": "500", "data": [], "count": 0, "total": 0}',
        '{"status": 200, "count": 0, "total": 0}',
        '{"status": 200, "data": {}, "count": 0, "total": 0}',
        '{"status": 200, "data": [], "count": true, "total": 0}',
        '{"status": 200, "data": [], "count": 0, "total": -1}',
        '{"status": 200, "data": [], "count": 0, "total": 200001}',
    ],
)
def test_an_answer_of_another_shape_is_no_answer(body: str) -> None:
    with pytest.raises(TryLater):
        asked(Recording(body))


def test_a_page_without_rows_before_the_end_ends_the_read() -> None:
    read = asked(Recording('{"status": 200, "data": [], "count": 0, "total": 9}'))
    assert not read.complete
    assert "page 1 is empty" in read.why_partial


def test_a_row_that_cannot_be_read_is_a_finding_and_makes_the_read_partial() -> None:
    rows = '[{"mm_id": 7, "state_id": 9, "tax_number": "999000007"}, {"mm_id": 8, "state_id": 1}, {}]'
    read = asked(Recording(f'{{"status": 200, "data": {rows}, "count": 3, "total": 3}}'))
    assert [one.id for one in read.items] == ["8"]
    assert {(one.subject, one.code) for one in read.findings} == {
        ("7", "register-row-unreadable"),
        ("register", "register-row-unreadable"),
    }
    assert not read.complete
    assert "999000007" not in repr(read)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"mm_id": 5, "state_id": 1}, RegisteredUnit("5", "")),
        (
            {"mm_id": "5", "name": " 1ο  ΓΕΛ ", "registry_no": "0501", "edu_admin_id": "3", "state_id": "2"},
            RegisteredUnit("5", "1ο ΓΕΛ", "0501", 3, "", UnitState.SUSPENDED),
        ),
        ({"mm_id": 5, "registry_no": 501, "edu_admin_id": 0, "state_id": 3}, RegisteredUnit("5", "", "501", None, "")),
    ],
)
def test_a_units_row(row: dict[str, Any], expected: RegisteredUnit) -> None:
    found = unit(row)
    assert (found.id, found.name, found.code, found.directorate) == (
        expected.id,
        expected.name,
        expected.code,
        expected.directorate,
    )


@pytest.mark.parametrize("row", [None, [], {}, {"mm_id": 0, "state_id": 1}, {"mm_id": True}, {"mm_id": 5}])
def test_a_row_that_is_no_unit(row: object) -> None:
    with pytest.raises(Misshapen):
        unit(row)


def test_a_directorates_row_under_either_name() -> None:
    row = {"edu_admin_id": 3, "name": "ΔΙΕΥΘΥΝΣΗ Π.Ε. ΔΡΑΜΑΣ", "parent_rdn": "DRA"}
    assert directorate(row) == RegisteredDirectorate(3, "ΔΙΕΥΘΥΝΣΗ Π.Ε. ΔΡΑΜΑΣ", "", "dra", "ΠΕ")
    for wrong in ({}, None, {"edu_admin_id": "x"}):
        with pytest.raises(Misshapen):
            directorate(wrong)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ΔΙΕΥΘΥΝΣΗ Π.Ε. ΔΡΑΜΑΣ", "ΠΕ"),
        ("Διεύθυνση Δ.Ε. Α΄ Αθήνας", "ΔΕ"),
        ("ΔΔΕ ΑΧΑΪΑΣ", "ΔΕ"),
        ("ΔΙΠΕ ΑΧΑΪΑΣ", "ΠΕ"),
        ("Διεύθυνση Δευτεροβάθμιας Εκπαίδευσης Ηρακλείου", "ΔΕ"),
        ("ΠΕΡΙΦΕΡΕΙΑΚΗ ΔΙΕΥΘΥΝΣΗ", ""),
        ("Π.Ε. και Δ.Ε. Δράμας", ""),
    ],
)
def test_the_level_in_a_directorates_name(name: str, expected: str) -> None:
    assert level(name) == expected


def test_directorates_that_do_not_add_up_are_partial() -> None:
    rows = '[{"edu_admin_id": 3}, {"edu_admin_id": 3}, {}]'
    app = Recording(f'{{"status": 200, "data": {rows}, "count": 3, "total": 4}}')
    running = serve(app, "register")
    connector = Register(running, None, None).connector()
    read = connector.directorates()
    connector.close()
    running.stop()
    assert (len(read.items), read.complete) == (1, False)
    for why in ("came twice", "cannot be read", "holds 3 directorates and says 4"):
        assert why in read.why_partial
