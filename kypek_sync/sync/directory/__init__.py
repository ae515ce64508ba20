"""The directory lane: people and units, and who is leaving."""
