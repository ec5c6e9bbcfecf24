"""The command `baijiamen`: exit status 0, 1 (failed) or 2 (wrong use)."""

from app.cli.commands import main

__all__ = ["main"]
