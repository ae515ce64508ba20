"""The daemon: one pass of each lane at its interval, and the house kept in order."""
