"""Volunteers in a messenger: the same verbs as on their pages, one question at a time."""
