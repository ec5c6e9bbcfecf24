"""What the time does: alerts climb, deadlines remind, silence after a check-in rings."""
