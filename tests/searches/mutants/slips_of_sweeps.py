"""Slips about who does what, for how long, and who goes on."""

from tests.searches.mutants.slip import Edit, Slip

SLIPS = (
    Slip(
        "a sweep that falls behind keeps everything to itself",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("operations/sweep.py", "if hand_over and self._falls_behind() else", "if not hand_over else"),),
    ),
    Slip(
        "a sweep hands over whatever is left, however quick it is",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("decisions/hand_over.py", "> done * deadline.left(now)", "> 0"),),
    ),
    Slip(
        "the most overdue are handed over with the rest",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("operations/sweep.py", "if each != first or self._services.over(self._deadline)", "if each >= 0"),),
    ),
    Slip(
        "what nobody took over waits for the next sweep",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("operations/sweep.py", "self._next(kept, given)", "self._next(kept)"),),
    ),
    Slip(
        "a shard that was handed over long ago is swept again",
        ("tests/api/test_renewing.py",),
        (Edit("http/requests.py", "now - sent <= _FRESH", "now - sent <= 9 * _FRESH"),),
    ),
    Slip(
        "with other settings, only what is due is looked at",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("decisions/next_step.py", "(notifications or outdated)", "notifications"),),
    ),
    Slip(
        "what has ended is looked at whenever settings change",
        ("tests/scenarios/test_sweeps.py",),
        (Edit("decisions/next_step.py", "policy.fingerprint if watch.wanted else None", "policy.fingerprint"),),
    ),
    Slip(
        "time that is up ends nothing",
        ("tests/unit/decisions/test_pausing.py", "tests/scenarios/test_deadlines.py"),
        (
            Edit(
                "decisions/pausing.py",
                "isinstance(step, OpenChannel) and not deadline",
                "isinstance(step, Step) and deadline",
            ),
        ),
    ),
    Slip(
        "a channel whose intent is written is left when time is up",
        ("tests/unit/decisions/test_pausing.py",),
        (Edit("decisions/pausing.py", "not isinstance(step, OpenChannel) and not", "not"),),
    ),
    Slip(
        "whoever pauses keeps the watch for the rest of its lease",
        ("tests/scenarios/test_deadlines.py",),
        (Edit("decisions/pausing.py", "with_schedule(holder=None, due_at=now)", "with_schedule(due_at=now)"),),
    ),
    Slip(
        "a collection of many pages is begun however little time is left",
        ("tests/unit/decisions/test_pausing.py",),
        (Edit("decisions/pausing.py", "return _LONG if", "return timedelta(0) if"),),
    ),
    Slip(
        "a first reading that took too long is cut short for ever",
        ("tests/scenarios/test_readings.py",),
        (Edit("decisions/pausing.py", " or StepKind.READ in watch.health.troubles", ""),),
    ),
    Slip(
        "an instance that is told to end goes on as if nothing were",
        ("tests/scenarios/test_deadlines.py",),
        (
            Edit(
                "reconciler/lease.py",
                "Deadline(now, now) if self._services.terminating() else self._deadline",
                "self._deadline",
            ),
        ),
    ),
    Slip(
        "a holder is taken for dead as soon as a wake-up comes again",
        ("tests/unit/decisions/test_next_step.py",),
        (Edit("decisions/next_step.py", "_SILENCE = timedelta(seconds=8)", "_SILENCE = timedelta(0)"),),
    ),
    Slip(
        "a wake-up that comes again is like any other",
        ("tests/api/test_renewing.py",),
        (Edit("http/requests.py", "and attempt > 1", "and attempt < 0"),),
    ),
)
