"""What staff do: one verb a module. Each checks the right, changes the ticket, tells the resident."""
