"""``python -m tfgeom``: the command line."""

from tfgeom.cli import main

if __name__ == "__main__":
    main()
