"""`--seed 7` repeats one run; `--seeds 500` is the proof."""

import argparse
import sys

from tests.chaos.campaign import campaign


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="this run alone")
    parser.add_argument("--steps", type=int, default=400, help="of one run")
    parser.add_argument("--seeds", type=int, default=500, help="how many runs")
    asked = parser.parse_args()
    seeds = range(asked.seeds) if asked.seed is None else [asked.seed]
    return 0 if campaign(seeds, asked.steps) else 1


if __name__ == "__main__":
    sys.exit(main())
