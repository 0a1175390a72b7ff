"""Slips about a database that was restored: each would give a number two contents, or lose what Google changed."""

from tests.searches.mutants.slip import Edit, Slip

_UNIT = ("tests/unit/decisions/test_restoring.py",)
_SCENARIOS = ("tests/scenarios/test_restores.py",)
_RULES = "decisions/restoring.py"


def _in_the_rules(name: str, old: str, new: str) -> Slip:
    return Slip(name, _UNIT, (Edit(_RULES, old, new),))


SLIPS = (
    _in_the_rules(
        "a backup that is restored twice tells the same numbers twice", " * (policy.epoch - watch.log.epoch)", ""
    ),
    _in_the_rules("a sync token of the backup is used again", 'sync_token="", listing=None', "listing=None"),
    _in_the_rules("a listing of the backup goes on", 'sync_token="", listing=None', 'sync_token=""'),
    _in_the_rules(
        "a channel of the backup is relied on", "doubted(audit.abandoned(watch), now)", "audit.abandoned(watch)"
    ),
    _in_the_rules("an audit of the backup goes on", "doubted(audit.abandoned(watch), now)", "doubted(watch, now)"),
    _in_the_rules(
        "what Google changed meanwhile is waited for",
        "read_at=now, read_cause=ReadCause.OPENED",
        "read_cause=ReadCause.OPENED",
    ),
    _in_the_rules("what a restore makes differ counts against the channel", "ReadCause.OPENED", "ReadCause.SCHEDULE"),
    _in_the_rules(
        "what has ended begins anew by itself", "watch.wanted or watch.log.announced is not State.STOPPED", "True"
    ),
    _in_the_rules(
        "what is about to end tells it under an old number",
        "(watch.wanted or watch.log.announced is not State.STOPPED)",
        "watch.wanted",
    ),
    _in_the_rules("all that rests meets a restore at once", "watch.within_an_hour(now)", "now"),
    _in_the_rules("a timer of its own is forgotten", "min(watch.schedule.due_at or latest, latest)", "latest"),
    _in_the_rules("a lower epoch is met as well", "watch.log.epoch < policy.epoch", "watch.log.epoch != policy.epoch"),
    Slip(
        "a watch at rest never hears of a restore",
        _UNIT,
        (Edit("model/policy.py", "str(self.epoch), ", ""),),
    ),
    Slip(
        "what rests and is looked at tells before it has met the restore",
        _UNIT,
        (Edit("decisions/next_step.py", "    if restoring.is_behind(watch, policy):", "    if False:"),),
    ),
    Slip(
        "news is told before the new beginning",
        _UNIT,
        (Edit("decisions/claim.py", " and (due or notifications)", " and due"),),
    ),
    Slip(
        "a watch that the backup does not know begins at one",
        _UNIT,
        (Edit("model/watch.py", "max(self.sequence, self.begins_after) + 1", "self.sequence + 1"),),
    ),
    Slip(
        "a million numbers wait to be published",
        _UNIT,
        (Edit("model/change_log.py", "max(watch.log.published, watch.log.begins_after)", "watch.log.published"),),
    ),
    Slip(
        "the feed reaches back beyond a restore",
        _SCENARIOS,
        (Edit("operations/query.py", "lost = after < _begins_after(watch) or not", "lost = not"),),
    ),
    Slip(
        "the feed begins, it says, where the restore has cut it off",
        _SCENARIOS,
        (Edit("operations/query.py", "        after = max(after, _begins_after(watch))\n", ""),),
    ),
    Slip(
        "a lower epoch is passed over without a word",
        _SCENARIOS,
        (Edit("reconciler/telemetry.py", "if watch.log.epoch > policy.epoch:", "if False:"),),
    ),
)
