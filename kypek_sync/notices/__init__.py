"""What people are told: the words of each notice, and the delivery of the outbox."""
