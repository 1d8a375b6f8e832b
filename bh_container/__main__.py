"""`python -m bh_container` is the same as `bh-container`."""

from bh_container.cli.main import run

if __name__ == "__main__":
    run()
