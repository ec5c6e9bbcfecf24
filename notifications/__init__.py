"""What we promised to say: the outbox, the sender and its limits."""
