"""The residents' bot: aiogram translates what comes and sends what goes, and decides nothing."""
