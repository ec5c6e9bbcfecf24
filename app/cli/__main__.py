"""`python -m app.cli`: the command where the package is on the path but not installed."""

from app.cli import main

if __name__ == "__main__":
    main()
