"""What is wanted, what differs from it, what must wait and what is left alone. Pure, but for what the ledger says."""
