"""Articles and how the right one is found. Pure: no database, no network."""
