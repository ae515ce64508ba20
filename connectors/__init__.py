"""Connectors: one folder per foreign system. They import only `kypek_sync.contract` and `kypek_sync.model`."""
