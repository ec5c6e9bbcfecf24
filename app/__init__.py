"""Command line, configuration, wiring and processes: the only package that knows all the others."""
