"""``python -m nbflow``: the same as the command ``nbflow``."""

from nbflow.cli.main import main

if __name__ == "__main__":
    main()
