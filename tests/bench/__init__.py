"""Speed and memory of the parts that grow with a country: `make bench`, or `make bench ONLY=plan`.

Each job runs in a process of its own, so that its memory is its own, and with a time limit, so that it ends. Figures
are shown, never asserted: `make test` does not run them.
"""
