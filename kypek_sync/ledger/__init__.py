"""Our database: what we decided and did, what we own and why. A module for each kind of record, over one connection."""

from kypek_sync.ledger.store import Ledger, LedgerError, open_ledger

__all__ = ["Ledger", "LedgerError", "open_ledger"]
