"""A generator of the school network's directory: people and units that nobody is, with the dirt of the real one.

Follows the directory sheet, sections 1.1, 3.1 to 3.6; what that sheet lists as missing from the measured copy is here.
"""

from kypek_sync.sandbox.people.directory import NATIONAL, Directory, plain_teachers
from kypek_sync.sandbox.people.persons import ROLE_QUIRKS, TEACHER_QUIRKS, Account
from kypek_sync.sandbox.people.tree import SchoolUnit

__all__ = ["NATIONAL", "ROLE_QUIRKS", "TEACHER_QUIRKS", "Account", "Directory", "SchoolUnit", "plain_teachers"]
