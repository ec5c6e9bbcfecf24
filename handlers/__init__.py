"""Use cases, one verb per module, and the front door that every message goes through."""
