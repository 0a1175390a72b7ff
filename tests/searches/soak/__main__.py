"""`--minutes 5 --seed 7`: kills and freezes at random, on Google's emulators where this machine has them.

The seed repeats the choices, not the run: processes are as fast as they are.
"""

import argparse
import random
import sys

from tests.support import firestore_emulator
from tests.support.stack import best_pubsub

from .soak import Soak


def main() -> int:
    asked = _arguments().parse_args()
    firestore = "emulator" if firestore_emulator.present() else "local"
    firestore, pubsub = ("local", "local") if asked.local else (firestore, best_pubsub())
    _tell(f"seed {asked.seed}, {asked.minutes:g} minutes, Firestore: {firestore}, Pub/Sub: {pubsub}")
    broken = Soak(asked.minutes * 60, asked.seed, _tell, firestore, pubsub, lossy=not asked.lossless).run()
    _tell("\n".join(broken) or "all invariants hold")
    return 1 if broken else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.searches.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))  # noqa: S311 (no secret)
    parser.add_argument("--local", action="store_true", help="our stand-ins, whatever is here")
    parser.add_argument("--lossless", action="store_true", help="no message is lost, and nothing is read without one")
    return parser


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
