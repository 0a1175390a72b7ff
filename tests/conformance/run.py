"""Holds claims against a side, one after the other, and cleans up in any case."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from tests.conformance.bench import Bench, NotJudgedError
from tests.conformance.claim import Claim, Finding
from tests.conformance.cleaning import clean
from tests.conformance.exchange import Exchange
from tests.conformance.guard import Guard
from tests.conformance.sides.side import WANTED, OutOfTimeError, Side

Verdict = Literal["agrees", "disagrees", "not judged", "skipped"]


@dataclass(frozen=True)
class Outcome:
    claim: Claim
    verdict: Verdict
    expected: str = ""
    seen: str = ""
    """Or why there is nothing to be seen."""


@dataclass(frozen=True)
class Report:
    outcomes: list[Outcome]
    exchanges: list[Exchange]
    left: list[str]
    """What could not be cleaned up."""


def hold(side: Side, claims: Iterable[Claim], run: str, tell: Callable[[Outcome], None] = lambda _: None) -> Report:
    """`run` is in the name of all that is created; an interrupt ends the run, and cleans up all the same."""
    bench = Bench(Guard(side, run))
    outcomes: list[Outcome] = []
    try:
        for each in claims:
            outcomes.append(_judged(each, bench))
            tell(outcomes[-1])
    except KeyboardInterrupt:
        pass
    except BaseException as why:
        why.add_note(f"left behind: {', '.join(clean(bench.guard)) or 'nothing'}")
        raise
    return Report(outcomes, bench.guard.exchanges, clean(bench.guard))


def _judged(claim: Claim, bench: Bench) -> Outcome:
    lacking = sorted(claim.needs - bench.side.offers)
    if lacking:
        return Outcome(claim, "skipped", seen=f"needs {', '.join(WANTED[need] for need in lacking)}")
    try:
        return _seen(claim, claim.show(bench))
    except (NotJudgedError, OutOfTimeError) as why:
        return Outcome(claim, "not judged", seen=str(why))
    except (LookupError, TypeError, AttributeError, ValueError, StopIteration) as why:
        return Outcome(claim, "not judged", seen=f"an answer was not understood: {why!r}")


def _seen(claim: Claim, finding: Finding) -> Outcome:
    verdict: Verdict = "agrees" if finding.agrees else "disagrees"
    return Outcome(claim, verdict, str(finding.expected), str(finding.seen))
