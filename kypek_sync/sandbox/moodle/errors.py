"""What the server answers when it refuses, with Moodle's own class names, codes and texts (M-2, M-5).

`debuginfo` reaches the client only with site debugging on. A PHP fault has no errorcode at all.
"""

from __future__ import annotations

from typing import Any


class MoodleFault(Exception):
    """Any refusal. `stored` says that what was done before it stays done (M-11, M-33); otherwise all is rolled back."""

    exception = "core\\exception\\moodle_exception"

    def __init__(self, errorcode: str, message: str, debuginfo: str = "", *, stored: bool = False) -> None:
        super().__init__(message)
        self.errorcode = errorcode
        self.message = message
        self.debuginfo = debuginfo
        self.stored = stored

    def as_json(self, *, debug: bool) -> dict[str, Any]:
        """The object that the client reads."""
        answer = {"exception": self.exception, "errorcode": self.errorcode, "message": self.message}
        return answer | ({"debuginfo": self.debuginfo} if debug and self.debuginfo else {})


class InvalidParameter(MoodleFault):
    """A parameter is missing, unknown, of the wrong type, or refused. `detail` shows with debugging only."""

    exception = "core\\exception\\invalid_parameter_exception"

    def __init__(self, detail: str) -> None:
        super().__init__("invalidparameter", "Invalid parameter value detected", detail)


class AccessRefused(MoodleFault):
    """The token may not do this: expired at first use, another address, or a function outside its service (M-4)."""

    exception = "webservice_access_exception"

    def __init__(self, detail: str) -> None:
        super().__init__("accessexception", "Access control exception", detail)


class PermissionMissing(MoodleFault):
    """A capability is missing. `what` is its name in the role editor, e.g. `Create users`."""

    exception = "core\\exception\\required_capability_exception"

    def __init__(self, what: str) -> None:
        super().__init__("nopermissions", f"Sorry, but you do not currently have permissions to do that ({what}).")


class CodingError(MoodleFault):
    """A call that Moodle takes for a programmer's mistake."""

    exception = "core\\exception\\coding_exception"

    def __init__(self, detail: str) -> None:
        super().__init__("codingerror", f"Coding error detected, it must be fixed by a programmer: {detail}")


class MissingRecord(MoodleFault):
    """A row that must exist does not. Code and text differ with debugging (M-5)."""

    exception = "dml_missing_record_exception"

    def __init__(self, table: str, field: str = "id", value: object = "") -> None:
        super().__init__("invalidrecordunknown", "Can't find data record in database.")
        self.table = table
        self.query = f"SELECT * FROM {{{table}}} WHERE {field} = ?\n[array (\n  0 => '{value}',\n)]"

    def as_json(self, *, debug: bool) -> dict[str, Any]:
        """With debugging on: `invalidrecord`, and the table by name."""
        if not debug:
            return super().as_json(debug=False)
        message = f"Can't find data record in database table {self.table}."
        return {
            "exception": self.exception,
            "errorcode": "invalidrecord",
            "message": message,
            "debuginfo": self.query,
        }


class WriteFailed(MoodleFault):
    """The database refused a row: a field too long or a duplicate."""

    exception = "dml_write_exception"

    def __init__(self, detail: str) -> None:
        super().__init__("dmlwriteexception", "Error writing to database", detail)


class PhpFault(MoodleFault):
    """An `Error` or `TypeError` of PHP itself: no errorcode (M-2)."""

    def __init__(self, kind: str, message: str, *, stored: bool = False) -> None:
        super().__init__("", message, stored=stored)
        self.kind = kind

    def as_json(self, *, debug: bool) -> dict[str, Any]:
        """Class and message only."""
        del debug
        return {"exception": self.kind, "message": self.message}


def invalid_token() -> MoodleFault:
    """The token is unknown, missing or purged (M-3)."""
    return MoodleFault("invalidtoken", "Invalid token - token not found")


def course_not_accessible(course: int) -> MoodleFault:
    """The account may not enter this course."""
    return MoodleFault(
        "errorcoursecontextnotvalid",
        f"You cannot execute functions in the course context (course id:{course}). "
        "The context error message was: Course or activity not accessible.",
    )


def site_maintenance() -> MoodleFault:
    """Maintenance mode of the web interface (M-7)."""
    return MoodleFault("sitemaintenance", "The site is undergoing maintenance and is currently not available")
