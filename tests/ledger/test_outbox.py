"""One row for each (person, cause, version), tried later and later (design, rule 15)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

from sqlalchemy import update

from kypek_sync.ledger import Ledger, outbox, tables
from kypek_sync.ledger.outbox import PATIENCE, PERIOD, Notice

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOTICE = Notice("att-a", "p1", "anna", "seat:EKFE-26-01", 1, "seat-granted", (("title", "Οπτική"),))


def put(ledger: Ledger, notice: Notice = NOTICE) -> bool:
    with ledger.begin() as connection:
        return outbox.put(connection, notice, "kypek.example", NOW)


def test_the_same_notice_is_one_row(ledger: Ledger) -> None:
    assert put(ledger)
    assert not put(ledger)
    assert not put(ledger, replace(NOTICE, kind="seat-waiting", facts=()))
    assert put(ledger, replace(NOTICE, version=2))
    assert put(ledger, replace(NOTICE, person="p2"))
    assert put(ledger, replace(NOTICE, cause="seat:EKFE-26-02"))
    assert put(ledger, replace(NOTICE, kypek="att-v"))
    with ledger.begin() as connection:
        rows = outbox.listed(connection)
        assert len({row.message_id for row in rows}) == 5
        assert rows[0].notice == NOTICE
        assert len(outbox.listed(connection, "att-v")) == 1
        assert len(outbox.listed(connection, "att-a", login="anna")) == 4
        assert outbox.listed(connection, "att-a", login="dora") == []


def test_a_message_id_is_fit_to_be_one(ledger: Ledger) -> None:
    put(ledger, replace(NOTICE, person="", login="o'anna παπά", cause="seat:ΕΚΦΕ 26"))
    with ledger.begin() as connection:
        (row,) = outbox.listed(connection)
    assert re.fullmatch(r"<[A-Za-z0-9._+-]+@kypek\.example>", row.message_id)
    assert row.notice.person == "o'anna παπά"


def test_a_message_id_stays_on_the_line_of_its_header_and_names_nobody(ledger: Ledger) -> None:
    long = replace(NOTICE, login="anna-maria.papadopoulou", person="", cause="seat:" + "EKFE-ATTIKIS-2026-27-" * 3)
    put(ledger, long)
    put(ledger, replace(long, version=2))
    put(ledger, replace(long, login="anna-maria.papadopoulos"))
    with ledger.begin() as connection:
        ids = [row.message_id for row in outbox.listed(connection)]
    assert len(set(ids)) == 3
    for one in ids:
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = one
        assert message.as_bytes() == f"Message-ID: {one}\r\n\r\n".encode()
        assert one.startswith("<seat-EKFE-ATTIKIS")
        assert "anna" not in one


def test_a_message_id_on_a_long_host_is_still_one_of_its_own(ledger: Ledger) -> None:
    host = "seminars." + "a" * 40 + ".sch.example"
    with ledger.begin() as connection:
        assert outbox.put(connection, NOTICE, host, NOW)
        assert outbox.put(connection, replace(NOTICE, person="p2"), host, NOW)
        ids = {row.message_id for row in outbox.listed(connection)}
    assert len(ids) == 2
    assert all(re.fullmatch(rf"<[0-9a-f]{{20}}@{re.escape(host)}>", one) for one in ids)


def test_what_is_sent_is_due_no_more(ledger: Ledger) -> None:
    put(ledger)
    with ledger.begin() as connection:
        assert outbox.due(connection, "att-v", NOW) == []
        (row,) = outbox.due(connection, "att-a", NOW)
        outbox.sent(connection, row, NOW)
        assert outbox.due(connection, "att-a", NOW + timedelta(days=9)) == []
        assert outbox.listed(connection)[0].sent == NOW


def test_a_notice_that_got_the_number_of_one_taken_out_on_its_way_is_neither_sent_nor_failed(ledger: Ledger) -> None:
    """SQLite gives the last number anew: what the mail's pass has in its hands may be another notice's by now."""
    put(ledger)
    with ledger.begin() as connection:
        (row,) = outbox.due(connection, "att-a", NOW)
        outbox.drop(connection, row.id)
        outbox.put(connection, replace(NOTICE, person="p2", login="petros"), "host.example", NOW)
        (other,) = outbox.due(connection, "att-a", NOW)
        other = replace(other, id=row.id)
        connection.execute(update(tables.outbox).values(id=row.id))
        outbox.sent(connection, row, NOW)
        outbox.failed(connection, row, "no answer", NOW)
        assert outbox.due(connection, "att-a", NOW) == [other]


def test_a_failure_is_tried_later_and_later_and_given_up_at_last(ledger: Ledger) -> None:
    put(ledger)
    now, waits = NOW, []
    with ledger.begin() as connection:
        while rows := outbox.due(connection, "att-a", now):
            outbox.failed(connection, rows[0], "no answer", now)
            ahead = (m for m in range(1, 400) if outbox.due(connection, "att-a", now + timedelta(minutes=m)))
            waits.append(next(ahead, 0))
            now += timedelta(minutes=waits[-1])
        (row,) = outbox.listed(connection)
        assert outbox.due(connection, "att-a", now + timedelta(days=90)) == []
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert max(waits) == 360
    assert row.attempts >= PATIENCE
    assert now - NOW >= PERIOD  # a mail server may be away over a long weekend
    assert (row.given_up, row.problem, row.sent) == (True, "no answer", None)


def test_an_address_that_does_not_exist_is_given_up_at_once(ledger: Ledger) -> None:
    put(ledger)
    with ledger.begin() as connection:
        (row,) = outbox.due(connection, "att-a", NOW)
        outbox.failed(connection, row, "no such mailbox", NOW, for_good=True)
        (row,) = outbox.listed(connection)
    assert (row.given_up, row.attempts) == (True, 1)


def test_a_letter_that_a_clock_put_off_which_ran_ahead_is_sent_when_the_clock_is_right_again(ledger: Ledger) -> None:
    put(ledger)
    ahead = NOW + timedelta(days=30)
    with ledger.begin() as connection:
        (row,) = outbox.due(connection, "att-a", ahead)
        outbox.failed(connection, row, "No answer.", ahead)
        assert len(outbox.due(connection, "att-a", NOW)) == 1
        (row,) = outbox.due(connection, "att-a", NOW)
        outbox.failed(connection, row, "No answer.", NOW)
        assert outbox.due(connection, "att-a", NOW) == []
