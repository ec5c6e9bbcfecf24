"""`make bench`: what the house can do, beside what the machine under it can do."""
