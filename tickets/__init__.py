"""What was asked for: tickets, their history and deadlines, tasks and claims."""
