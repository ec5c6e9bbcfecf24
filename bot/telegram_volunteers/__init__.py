"""The volunteers' bot, on python-telegram-bot: it translates what comes in and sends what is said.

Polling, webhooks, dialogue state, persistence and rate limits of the library are not used:
`docs/decisions` says why. Nothing here is imported while no token is configured.
"""
