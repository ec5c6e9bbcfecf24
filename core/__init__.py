"""Message types, database, clock, configuration types and errors; imports nothing of ours."""
