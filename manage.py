#!/usr/bin/env python3
"""The same as the `motcua` command, for tools that look for manage.py."""

from motcua.cli import main

if __name__ == "__main__":
    main()
