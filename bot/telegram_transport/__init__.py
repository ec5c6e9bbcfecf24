"""What both Telegram bots share: raw updates in, by polling or by webhook; neither library."""
