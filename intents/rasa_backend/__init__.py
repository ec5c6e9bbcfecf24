"""A Rasa server asked over HTTP for its opinion, and the catalogue written for it."""
