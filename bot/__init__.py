"""The doors of residents and volunteers: web chat, volunteer pages, Rasa's REST channel, terminal."""
