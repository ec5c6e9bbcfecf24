"""What volunteers do: see open tasks, claim one, check in, complete it, or give it back."""
