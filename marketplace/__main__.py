"""``python -m marketplace``: run, migrate, seed, worker."""

from marketplace.cli import main

main()
