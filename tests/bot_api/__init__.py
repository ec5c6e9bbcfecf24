"""A strict Bot API server of our own, for tests and measurements; see README.md."""
