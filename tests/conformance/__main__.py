"""`make conformance`: hold the claims against the simulator, or against Google."""

# A command speaks to whoever gave it:
# ruff: noqa: T201

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from google.auth.exceptions import DefaultCredentialsError

from tests.conformance import recording, table
from tests.conformance.claims import CLAIMS
from tests.conformance.publishing import publish
from tests.conformance.quirks import RUN, UNSEEN, detected
from tests.conformance.run import Outcome, hold
from tests.conformance.sides.budget import Budget
from tests.conformance.sides.google import Choices, Google, application_default, impersonated
from tests.conformance.sides.simulated import Simulated
from tests.doubles.calendar_simulator.quirks import QUIRKS


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    if asked.quirks:
        return _with_quirks()
    return _against_google(asked) if asked.side == "google" else _against_simulator(made_up=asked.made_up)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--side", choices=("simulator", "google"), default="simulator")
    parser.add_argument("--impersonate", default="", help="a service account, by the credentials of this machine")
    parser.add_argument("--webhook", default="", help="an https address of yours that messages may go to")
    parser.add_argument("--arrivals", default="", help="an address that tells what came there, as JSON lines")
    parser.add_argument("--long", action="store_true", help="claims about lifetimes as well")
    parser.add_argument("--quirks", action="store_true", help="which claims each quirk goes against")
    parser.add_argument("--made-up", action="store_true", help="make up a recording from the simulator's answers")
    return parser


def _against_simulator(*, made_up: bool) -> int:
    began = time.monotonic()
    report = hold(Simulated(), CLAIMS, RUN)
    amiss = [each for each in report.outcomes if each.verdict != "agrees"]
    if made_up:
        print(recording.write(report.exchanges, "", recording.MADE_UP))
    for each in amiss:
        _tell(each)
    print(f"simulator: {len(report.outcomes)} claims, {len(amiss)} amiss, in {time.monotonic() - began:.1f} s")
    print(table.when(table.GOOGLE))
    return 1 if amiss or report.left else 0


def _with_quirks() -> int:
    """With each quirk always there, each claim that names it has to disagree."""
    missed = []
    for number in sorted(QUIRKS.keys() - UNSEEN.keys()):
        for outcome in detected(number):
            told = f"expected {outcome.expected}, saw {outcome.seen}"
            print(f"{number} {outcome.verdict}: {outcome.claim.name}: {told}")
            missed += [] if outcome.verdict == "disagrees" else [number]
    for number, why in UNSEEN.items():
        print(f"{number} seen by no claim: {why}")
    return 1 if missed else 0


def _against_google(asked: argparse.Namespace) -> int:
    try:
        side = Google(
            impersonated(asked.impersonate) if asked.impersonate else application_default,
            Choices(asked.webhook, asked.arrivals, asked.long),
            Budget(),
        )
    except DefaultCredentialsError as why:
        print(f"there are no credentials for Google: {why}", file=sys.stderr)
        return 2
    report = hold(side, CLAIMS, secrets.token_hex(4), _tell)
    publish(report, datetime.now(UTC).strftime("%Y-%m-%d"), table.GOOGLE, recording.RECORDED)
    print(f"written: {table.GOOGLE}")
    for each in report.left:
        print(f"LEFT BEHIND, please delete it: {each}", file=sys.stderr)
    return 1 if report.left else 0


def _tell(outcome: Outcome) -> None:
    told = f": expected {outcome.expected}, saw {outcome.seen}" if outcome.verdict == "disagrees" else outcome.seen
    print(f"{outcome.verdict:>10}  {outcome.claim.name}{'' if outcome.verdict == 'agrees' else f' {told}'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
