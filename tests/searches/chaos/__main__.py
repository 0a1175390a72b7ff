"""`--seed 7` repeats one run; `--seeds 500` is the proof."""

import argparse
import sys

from tests.searches.chaos.campaign import campaign, digests, first
from tests.searches.chaos.restore import AGES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.searches.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="this run alone")
    parser.add_argument("--steps", type=int, default=400, help="of one run")
    parser.add_argument("--seeds", type=int, default=500, help="how many runs")
    parser.add_argument("--digest", action="store_true", help="a hash of each run, to hold two versions against")
    parser.add_argument("--first", action="store_true", help="no further than to the first violation")
    parser.add_argument("--restore", choices=AGES, default="", help="a database of that age, halfway through")
    asked = parser.parse_args()
    seeds = range(asked.seeds) if asked.seed is None else [asked.seed]
    if asked.first:
        return 0 if first(seeds, asked.steps) else 1
    if asked.digest:
        return 0 if digests(seeds, asked.steps) else 1
    return 0 if campaign(seeds, asked.steps, asked.restore) else 1


if __name__ == "__main__":
    sys.exit(main())
