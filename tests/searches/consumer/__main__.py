"""`--seeds 200` is the proof."""

import argparse
import sys

from tests.searches.consumer.campaign import campaign


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.searches.consumer", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many runs of each kind")
    parser.add_argument("--steps", type=int, default=400, help="of one run in the chaos")
    asked = parser.parse_args()
    return 0 if campaign(asked.seeds, asked.steps) else 1


if __name__ == "__main__":
    sys.exit(main())
