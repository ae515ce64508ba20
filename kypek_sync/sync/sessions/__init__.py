"""Decisions about single sessions beside the programme: looked for, tried out, carried out, taken back."""
