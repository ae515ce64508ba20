"""A machine that plays a whole centre: people, platforms, faults and deaths against the real engine and its ledger.

`fate` is what befalls a process; `platforms`, `services` are the foreign systems in memory; `village` puts them
together
with an installation; `promises` are the invariants; `test_machine` has the rules.
"""
