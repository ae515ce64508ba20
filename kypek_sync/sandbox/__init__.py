"""Small honest simulators of the foreign servers, for the demo and the tests.

Nothing here imports anything else of kypek-sync: a simulator that shares code with the client proves nothing.
"""
