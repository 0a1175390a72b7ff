"""Slips in who can see a calendar: each would call something less exposed than it is, or tell it wrongly."""

from tests.searches.mutants.slip import Edit, Slip

_UNIT = ("tests/unit/model/test_exposure.py",)
_SCENARIOS = ("tests/scenarios/test_exposure.py",)
_RULES = "model/exposure.py"


def _in_the_rules(name: str, old: str, new: str) -> Slip:
    return Slip(name, _UNIT, (Edit(_RULES, old, new),))


SLIPS = (
    _in_the_rules(
        "whose domain ends like ours is inside",
        "_is_own(value, calendar_id) or _domain_of(value) in internal_domains",
        "_is_own(value, calendar_id) or value.endswith(tuple(internal_domains))",
    ),
    _in_the_rules("letters of any script count", "value.isascii() and value.lower()", "value.lower()"),
    _in_the_rules("an address is what follows any @", "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@", ".+@"),
    _in_the_rules("capitals make an outsider", "return match[1].lower() if match", "return match[1] if match"),
    _in_the_rules("a group's members are known", '"group": Exposure.GROUP', '"group": Exposure.INTERNAL'),
    _in_the_rules(
        "what nobody knows is inside",
        "_INSIDE[kind] if inside else Exposure.EXTERNAL",
        "_INSIDE[kind] if inside else Exposure.GROUP",
    ),
    _in_the_rules(
        "any calendar's id is the calendar's own", "value == calendar_id and value.endswith", "value.endswith"
    ),
    _in_the_rules(
        "a main calendar's owner is inside",
        "value == calendar_id and value.endswith(_SECONDARY)",
        "value == calendar_id",
    ),
    _in_the_rules(
        "a rule that gives nothing is for somebody", 'rule is None or rule.get("role") == "none"', "rule is None"
    ),
    _in_the_rules(
        "a role that nobody knows is none", "_ROLE_RANKS.get(role, len(_ROLES)) if", "_ROLE_RANKS.get(role, 0) if"
    ),
    _in_the_rules(
        "who may do more counts before who can see it",
        "(_RANKS[was], _role_rank(before)), (_RANKS[is_now], _role_rank(after))",
        "(_role_rank(before), _RANKS[was]), (_role_rank(after), _RANKS[is_now])",
    ),
    Slip(
        "filters see who could see it before",
        _SCENARIOS,
        (
            Edit(
                "model/change_log.py",
                '"exposure": exposure["after"]',
                '"exposure": exposure["before"]',
            ),
        ),
    ),
    Slip(
        "rules are counted once and never again",
        _SCENARIOS,
        (
            Edit(
                "decisions/reading.py",
                "    watch = classified(watch, snapshot.items.values(), policy)\n",
                "    watch = watch if watch.exposure.domains else classified(watch, snapshot.items.values(), policy)\n",
            ),
        ),
    ),
    Slip(
        "what is read after a change of domains is of both",
        _SCENARIOS,
        (
            Edit(
                "decisions/classification.py",
                "return min((each for each in moments if each), default=None)",
                "return watch.exposure.recount_at if reading else None",
            ),
        ),
    ),
    Slip(
        "all watches are counted anew at once",
        ("tests/scenarios/test_domains.py",),
        (Edit("decisions/classification.py", "watch.within_an_hour(now)", "now"),),
    ),
    Slip(
        "a change of domains is told with the new counts alone",
        _SCENARIOS,
        (
            Edit(
                "decisions/classification.py",
                "    before = watch.exposure.counts\n",
                "    before = classified(watch, rules, policy).exposure.counts\n",
            ),
        ),
    ),
    Slip(
        "domains that came back are told all the same",
        _SCENARIOS,
        (
            Edit(
                "decisions/classification.py",
                "    if not _is_outdated(watch, policy):\n        return watch.with_exposure(recount_at=None)\n",
                "",
            ),
        ),
    ),
    Slip(
        "what has ended is summed",
        ("tests/unit/firestore/test_documents.py",),
        (
            Edit(
                "firestore/watch_document.py", "if watch.wanted and watch.exposure.domains", "if watch.exposure.domains"
            ),
        ),
    ),
    Slip(
        "what came true without an answer is not logged",
        _SCENARIOS,
        (
            Edit(
                "reconciler/lease.py",
                "            self._came_true(before, decided)\n",
                "            self._remember(decided.log.pending)\n",
            ),
        ),
    ),
    Slip(
        "a calendar made public is no warning",
        ("tests/api/test_logs.py",),
        (Edit("reconciler/telemetry.py", "{Exposure.EXTERNAL, Exposure.PUBLIC}", "{Exposure.EXTERNAL}"),),
    ),
)
