"""Read → plan → guard → apply → record. `run.py` shows the five verbs in order."""
