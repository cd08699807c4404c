"""``python -m nodeeditor`` is the command ``nodeeditor``."""

import sys

from nodeeditor.cli import main

if __name__ == "__main__":
    sys.exit(main())
