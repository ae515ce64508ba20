"""Mutation testing of the parts that decide what is taken away: `make mutants`.

mutmut changes one thing at a time in the guard, the plan and the seats, and runs their tests; a change that no test
notices is a survivor. Those that mean the same as the original, or only word a sentence differently, stand in
`known.txt` with the reason; any other one fails the target.
"""
