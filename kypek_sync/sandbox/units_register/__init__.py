"""A simulator of mm.sch.gr, the public register of schools and offices, as its guests see it."""

from kypek_sync.sandbox.units_register.app import FAULTS, create_app
from kypek_sync.sandbox.units_register.book import Book, Entry, Office, book_of

__all__ = ["FAULTS", "Book", "Entry", "Office", "book_of", "create_app"]
