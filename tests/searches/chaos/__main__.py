"""`--seed 7` repeats one run; `--seeds 500` is the proof."""

import argparse
import sys

from tests.searches.chaos.campaign import campaign, digests, first


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.searches.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="this run alone")
    parser.add_argument("--steps", type=int, default=400, help="of one run")
    parser.add_argument("--seeds", type=int, default=500, help="how many runs")
    parser.add_argument("--digest", action="store_true", help="a hash of each run, to hold two versions against")
    parser.add_argument("--first", action="store_true", help="no further than to the first violation")
    asked = parser.parse_args()
    seeds = range(asked.seeds) if asked.seed is None else [asked.seed]
    if asked.first:
        return 0 if first(seeds, asked.steps) else 1
    tell = digests if asked.digest else campaign
    return 0 if tell(seeds, asked.steps) else 1


if __name__ == "__main__":
    sys.exit(main())
