"""Upkeep of what we answer and understand: corrections by staff."""
