"""`--seed 7 --steps 400` repeats one run; `--seeds 500 --steps-total 200000 --jobs 2` is the proof."""

import argparse
import sys

from tests.chaos.campaign import campaign


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="this run alone")
    parser.add_argument("--steps", type=int, default=400, help="of one run")
    parser.add_argument("--seeds", type=int, default=500, help="how many runs")
    parser.add_argument("--steps-total", type=int, help="of all runs together")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    if asked.seed is not None:
        return 0 if campaign([asked.seed], asked.steps, 1) else 1
    steps = asked.steps_total // asked.seeds if asked.steps_total else asked.steps
    return 0 if campaign(range(asked.seeds), steps, asked.jobs) else 1


if __name__ == "__main__":
    sys.exit(main())
