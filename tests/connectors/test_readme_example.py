"""The connector shown in `connectors/README.md` runs as it stands there and keeps the part of the Mail contract that
needs no server: a folder has no login to refuse and cannot fall silent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

pytest.register_assert_rewrite("tests.contracts.mail")

from kypek_sync.contract import ConnectorContext, Mail  # noqa: E402 - after the registration
from kypek_sync.sandbox.faults import FaultBook  # noqa: E402
from tests.contracts.mail import Delivered, MailContract, Post  # noqa: E402

README = Path(__file__).parents[2] / "connectors" / "README.md"
NOON = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The first block of Python on the page, as a module of its own."""
    code = README.read_text("utf-8").split("```python\n", 1)[1].split("```", 1)[0]
    file = tmp_path_factory.mktemp("readme") / "kypek_folder_mail.py"
    file.write_text(code, "utf-8")
    found = spec_from_file_location("kypek_folder_mail", file)
    assert found is not None
    assert found.loader is not None
    module = sys.modules[found.name] = module_from_spec(found)
    found.loader.exec_module(module)
    yield module
    del sys.modules[found.name]


class TestFolderMail:
    """The contract's own tests, chosen by name."""

    @pytest.fixture
    def post(self, example: ModuleType, tmp_path: Path) -> Post:
        (tmp_path / "letters").mkdir()

        def mail(folder: str) -> Mail:
            settings = example.SPEC.settings(folder=folder, sender="kypek@sch.example")
            made = example.SPEC.build(settings, ConnectorContext("post", lambda: NOON, tmp_path, str))
            assert isinstance(made, Mail)
            return made

        missing = mail("nowhere")
        return Post(
            mail=mail("letters"),
            locked_out=missing,
            unreachable=missing,
            silent=missing,
            delivered=lambda: tuple(_delivered(file) for file in sorted((tmp_path / "letters").iterdir())),
            faults=FaultBook(),
            system="post",
            secrets=(),
        )

    test_it_fills_the_role = MailContract.test_it_fills_the_role
    test_it_is_usable = MailContract.test_a_working_server_is_usable_and_no_mail_was_sent_to_find_out
    test_a_probe_tells_and_never_raises = MailContract.test_a_probe_tells_and_never_raises
    test_it_can_be_closed_twice_and_used_again = MailContract.test_it_can_be_closed_twice_and_used_again
    test_a_letter_arrives_as_it_was_written = MailContract.test_a_letter_arrives_as_it_was_written
    test_html_comes_beside_the_text = MailContract.test_html_comes_beside_the_text
    test_attachments_come_through_byte_by_byte = MailContract.test_attachments_come_through_byte_by_byte
    test_any_subject_of_one_line_arrives = MailContract.test_any_subject_of_one_line_arrives
    test_any_text_arrives = MailContract.test_any_text_arrives
    test_sending_twice_is_recognised = MailContract.test_sending_twice_is_recognised_by_the_message_id
    test_unreachable_is_not_sent = MailContract.test_unreachable_is_not_sent
    test_nobody_adds_a_header_through_a_field = MailContract.test_nobody_adds_a_header_through_a_field
    test_what_is_not_one_address_is_refused = MailContract.test_what_is_not_one_address_is_refused


def test_the_page_names_the_entry_point_of_the_example(example: ModuleType) -> None:
    page = README.read_text("utf-8")
    assert f'{example.SPEC.name} = "{example.__name__}:SPEC"' in page
    assert f"type: {example.SPEC.name}," in page


def _delivered(file: Path) -> Delivered:
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return Delivered(
        message_id=str(message["Message-ID"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_text(message, "plain"),
        html=_text(message, "html"),
        attachments=tuple(
            (str(one.get_filename()), one.get_content_type(), one.get_payload(decode=True))
            for one in message.iter_attachments()
        ),
    )


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
