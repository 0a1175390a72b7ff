"""Slips in the baseline that is told in the stream: somebody who has nothing else would know too much or too little."""

from tests.searches.mutants.slip import Edit, Slip

_SCENARIOS = ("tests/scenarios/test_baselines.py",)
_RULES = "decisions/baseline.py"


def _in_the_rules(name: str, old: str, new: str) -> Slip:
    return Slip(name, _SCENARIOS, (Edit(_RULES, old, new),))


SLIPS = (
    _in_the_rules(
        "who goes on with a baseline begins anew",
        "watch if watch.baseline.under_way else begun(watch)",
        "begun(watch)",
    ),
    _in_the_rules(
        "a baseline is over with its first write",
        "    if len(known) < len(rest):\n        return watch\n",
        "",
    ),
    _in_the_rules(
        "a baseline is from where it ends",
        "baselineFrom=first)",
        "baselineFrom=watch.log.sequence + 1)",
    ),
    _in_the_rules("a baseline that was told is told again", "watch.with_baseline(Baseline(told=True))", "watch"),
    _in_the_rules(
        "who is wanted no longer is cut short", "    if watch.baseline.under_way:\n        return watch\n", ""
    ),
    _in_the_rules(
        "what was told before a new beginning counts after it",
        "_ended(watch.with_baseline(Baseline()), watch",
        "_ended(watch, watch",
    ),
    _in_the_rules("a resource that is added later waits for ever", "watch.within_an_hour(now)", "None"),
    _in_the_rules("all watches tell a baseline at once", "watch.within_an_hour(now)", "now"),
    _in_the_rules(
        "what was told once is told for good",
        "        return watch.with_baseline(Baseline())\n",
        "        return watch\n",
    ),
    Slip(
        "a resource that is added later is not noticed",
        _SCENARIOS,
        (Edit("model/policy.py", ", *sorted(in_stream)", ""),),
    ),
    Slip(
        "a change of state is told within a baseline",
        _SCENARIOS,
        (Edit("decisions/upkeep.py", "    if watch.baseline.under_way:\n        return watch\n", ""),),
    ),
    Slip(
        "a collection is read within its baseline",
        _SCENARIOS,
        (
            Edit(
                "decisions/next_step.py",
                "    if told:\n        yield told, TellBaseline()\n"
                "    if watch.reading.read_at:\n"
                "        yield max(watch.reading.read_at, _not_before(watch, StepKind.READ)), Read()\n",
                "    if watch.reading.read_at:\n"
                "        yield max(watch.reading.read_at, _not_before(watch, StepKind.READ)), Read()\n"
                "    if told:\n        yield told, TellBaseline()\n",
            ),
        ),
    ),
    Slip(
        "other domains are told within a baseline",
        _SCENARIOS,
        (
            Edit(
                "decisions/classification.py",
                "    if watch.baseline.under_way or not _is_outdated(watch, policy):\n",
                "    if not _is_outdated(watch, policy):\n",
            ),
        ),
    ),
    Slip(
        "who ends within a baseline leaves it unfinished",
        _SCENARIOS,
        (
            Edit(
                "decisions/next_step.py",
                "    if watch.baseline.under_way:\n        yield AT_ONCE, TellBaseline()\n    elif watch.reading",
                "    if watch.reading",
            ),
        ),
    ),
    Slip(
        "a baseline is logged as changes",
        _SCENARIOS,
        (
            Edit(
                "reconciler/telemetry.py",
                '(cause := each["data"].get("cause", BASELINE)) != BASELINE',
                '(cause := each["data"].get("cause"))',
            ),
        ),
    ),
)
