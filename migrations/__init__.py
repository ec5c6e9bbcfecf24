"""Alembic's migrations: one head, and the models match it."""
