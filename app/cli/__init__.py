"""The command `baijiamen`: exit status 0, 1 (failed) or 2 (wrong use)."""

import gc


def main() -> None:
    """Run the command line."""
    gc.disable()  # imports leave nothing to collect; looking for it takes a sixth of a start
    from app.cli.commands import app

    gc.freeze()
    gc.enable()
    app()
