"""With what makes up for one quirk of Google's undone, chaos has to find it.

python -m tests.searches.chaos.undone [Q01 Q20 …]
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.searches.mutants.slip import Edit, Slip, copied
from tests.searches.mutants.slips import SLIPS

_SEEDS, _STEPS = 50, 400
_NAMED = {each.name: each for each in SLIPS}
_FIXES: Mapping[str, Slip] = {
    "Q01": _NAMED["a sync token that is refused with 400 is tried for ever"],
    "Q02": _NAMED["a cancelled instance without a word is deleted"],
    "Q03": _NAMED["an audit is never done"],
    "Q04": _NAMED["an exception that was shown alive ends with its series"],
    "Q06": _NAMED["a generated calendar is read with a sync token"],
    "Q07": Slip(
        "an item without an id is taken",
        (),
        (Edit("calendar_api/api.py", 'isinstance(value, dict) and isinstance(value.get("id"), str)', "bool(value)"),),
    ),
    "Q10": _NAMED["a single refusal is believed"],
    "Q13": _NAMED["a delegation that is withdrawn is one user's trouble"],
    "Q14": _NAMED["a clock that is wrong is the user's fault"],
    "Q15": _NAMED["an absent grant of our own is a withdrawn authorization"],
    "Q16": _NAMED["a proxy's answer is a refusal"],
    "Q17": _NAMED["a refused watch call keeps the collection from being read"],
    "Q18": _NAMED["a user's own calendar is asked for by address"],
    "Q20": _NAMED["what is missing is believed although Google shows it"],
    "Q22": Slip(
        "times are read as the calendar's zone has them",
        (),
        (Edit("model/resources.py", '"singleEvents": "false", "timeZone": "UTC"', '"singleEvents": "false"'),),
    ),
    "Q25": _NAMED["of two versions the later shown counts, not the newer"],
    "Q30": _NAMED["however many channels in a row are mute, the watch is called active"],
    "Q32": _NAMED["a reading for news is not repeated"],
    "Q35": _NAMED["a message with a header that is new to us is refused"],
    "Q36": _NAMED["an unsigned header overrules Google's answer"],
    "Q40": _NAMED["a missing sync token is kept instead of the old one"],
    "Q41": _NAMED["after 410 the difference is dropped"],
    "Q43": _NAMED["a page token that is refused again and again keeps the sync token"],
    "Q45": _NAMED["a usage limit that nobody knows is a refusal"],
    "an intruder": _NAMED["a message for one watch has the channel of another stopped"],
}
"""Quirks without an entry have no rule of their own: what is done for others, or for everything, is enough."""


def finding(slip: Slip) -> str:
    """The first violation, and in which run; empty: there is none."""
    with tempfile.TemporaryDirectory(prefix="undone-") as folder:
        root = copied(Path(folder))
        slip.put_into(root)
        options = ["--seeds", str(_SEEDS), "--steps", str(_STEPS), "--first"]
        command = [sys.executable, "-m", "tests.searches.chaos", *options]
        path = {"PYTHONPATH": f"{root / 'functions'}:{root}"}
        finished = subprocess.run(command, cwd=root, env=path, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    if finished.returncode not in (0, 1):
        raise RuntimeError(finished.stderr)
    return " ".join(finished.stdout.split())


def main(wanted: list[str]) -> int:
    missed = 0
    for quirk in wanted or _FIXES:
        began = time.monotonic()
        found = finding(_FIXES[quirk])
        missed += not found
        told = f"{quirk} | {_FIXES[quirk].name} | {found[:200] or 'NOT FOUND'} | {time.monotonic() - began:.0f} s"
        print(told, flush=True)  # noqa: T201
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
