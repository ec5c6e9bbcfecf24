"""What residents do, one verb a module."""
