"""``python -m marketplace``: run, migrate, seed, worker."""

from marketplace.cli import main

if __name__ == "__main__":  # several web processes each import this
    main()
