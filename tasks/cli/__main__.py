"""`python -m tasks.cli`: the `newsmill` command for processes that one of us starts, wherever its script may lie."""

from tasks.cli import main

main()
