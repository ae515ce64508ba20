"""Reads `kypek.yaml` into validated settings; secrets by reference."""
