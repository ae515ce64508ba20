"""The seats lane: reads, decides who has a place, tells people."""
