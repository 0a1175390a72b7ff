"""Prometheus' own evaluation of alerts (Debian: `apt-get install prometheus`)."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.infra.series import Series, values


@dataclass(frozen=True)
class Promtool:
    command: str
    folder: Path

    def differs(self, query: str, series: Series, *, ringing: Iterable[int], quiet: Iterable[int], every: int) -> str:
        """What is not as expected, at these minutes; looked at every so many. Nothing: all is."""
        times = {**dict.fromkeys(ringing, True), **dict.fromkeys(quiet, False)}
        rule = {"alert": "it", "expr": query, "for": "1m"}  # as alerts.tf has it
        asked = {name: added for name, added in series.items() if name.partition("{")[0] in query}
        test = {
            "interval": "1m",
            "input_series": [{"series": name, "values": values(added, max(times))} for name, added in asked.items()],
            "alert_rule_test": [
                {"eval_time": f"{at}m", "alertname": "it", "exp_alerts": [{"exp_labels": {}}] if rings else []}
                for at, rings in sorted(times.items())
            ],
        }
        rules = {"groups": [{"name": "alerts", "interval": f"{every}m", "rules": [rule]}]}
        tests = {"rule_files": ["rules.json"], "evaluation_interval": f"{every}m", "tests": [test]}
        for name, content in (("rules.json", rules), ("tests.json", tests)):
            (self.folder / name).write_text(json.dumps(content))  # JSON is YAML
        done = subprocess.run(  # noqa: S603 (the user's)
            [self.command, "test", "rules", str(self.folder / "tests.json")],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr
