"""From a guarded plan to receipts: holds and approvals, intents, batches, connectors that fail."""
