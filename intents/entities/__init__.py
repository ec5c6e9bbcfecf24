"""Facts in a message: telephone numbers, ages, addresses and the like, each with its span."""
