"""Residents, staff, volunteers; accounts, sessions, permissions; who saw what."""
