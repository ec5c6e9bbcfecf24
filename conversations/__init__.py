"""What was said: the inbox, the dialogue's state and who holds a conversation."""
