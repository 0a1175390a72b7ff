"""What the tests of the deployment share: the text of infra/, and what Terraform makes of it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.infra.log_metrics import Metric, metrics_in

INFRA = Path(__file__).parent.parent.parent / "infra"

Json = dict[str, Any]


@dataclass(frozen=True)
class Terraform:
    """The command that TERRAFORM names, ready to run: `make infra-check` sees to that."""

    command: str
    folder: Path = INFRA

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self.command, f"-chdir={self.folder}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)  # noqa: S603 (the user's)

    def copied_to(self, folder: Path) -> "Terraform":
        """With a copy of infra/ that may be spoiled. The providers are not copied: they are large."""
        copy = Path(shutil.copytree(self.folder, folder / "infra", ignore=_left_behind))
        (copy / ".terraform").symlink_to(INFRA / ".terraform")
        return Terraform(self.command, copy)


def _left_behind(folder: str, names: list[str]) -> Iterable[str]:
    """What somebody chose in a terraform.tfvars, too: Terraform would give it to every test."""
    chosen = (name for name in names if name.endswith((".tfvars", ".tfvars.json")))
    return [".terraform", *(() if Path(folder).name == "examples" else chosen)]


@dataclass(frozen=True)
class Outcome:
    """What `terraform test` said, and what there would be afterwards in an empty project."""

    told: list[Json]

    @property
    def runs(self) -> dict[str, str]:
        done = (each["test_run"] for each in self.told if each["type"] == "test_run")
        return {f"{each['path']} {each['run']}": each["status"] for each in done if each["progress"] == "complete"}

    @property
    def _state(self) -> Json:
        states = [each["test_state"] for each in self.told if each["type"] == "test_state"]
        assert len(states) == 1, "\n".join([*self.errors, "one run applies, and all others plan"])
        return dict(states[0])

    @property
    def errors(self) -> list[str]:
        found = (each["diagnostic"] for each in self.told if each["type"] == "diagnostic")
        return [f"{each['summary']}: {each['detail']}" for each in found if each["severity"] == "error"]

    @property
    def resources(self) -> list[Json]:
        return [each for each in self._state["root_module"]["resources"] if each["mode"] == "managed"]

    def of_type(self, kind: str) -> list[Json]:
        return [each["values"] for each in self.resources if each["type"] == kind]


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    command = os.environ.get("TERRAFORM")
    if not command:
        pytest.skip("Terraform: `make infra-check`")
    infra = Terraform(str(Path(command).resolve()) if os.sep in command else command)
    return infra.copied_to(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="session")
def outcome(terraform: Terraform) -> Outcome:
    return outcome_of(terraform)


def outcome_of(terraform: Terraform, *arguments: str) -> Outcome:
    done = terraform.run("test", "-json", "-verbose", *arguments)
    return Outcome(list(_messages(done.stdout)))


def _messages(text: str) -> Iterator[Json]:
    for line in text.splitlines():
        message = json.loads(line)
        if message["type"] == "diagnostic" and message["diagnostic"]["severity"] == "error":
            print(message["@message"], message["diagnostic"].get("detail"))  # noqa: T201 - pytest shows it with a failure
        yield message


def block(text: str, head: str) -> str:
    """The inside of a block or an object that begins with `head`, as `terraform fmt` leaves it."""
    match = re.search(rf"^( *){re.escape(head)}.*?$\n(.*?)^\1\}}", text, re.MULTILINE | re.DOTALL)
    assert match, head
    return match[2]


def keys(text: str) -> set[str]:
    """The names given a value at the outermost level of an object."""
    indentation = re.match(r" *", text)
    assert indentation
    return set(re.findall(rf"^{indentation[0]}(\w+) +=", text, re.MULTILINE))


def tuning(texts: dict[str, str]) -> set[str]:
    names = ("_numbers", "_whole_numbers", "_words", "_lists", "_addresses")
    tables = (block(texts["limits.tf"], f"{name} = {{") for name in names)
    return {name.upper() for table in tables for name in keys(table)}


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """The files of infra/, by name."""
    return {path.name: path.read_text() for path in sorted(INFRA.glob("*.tf"))}


@pytest.fixture(scope="session")
def metrics(texts: dict[str, str]) -> dict[str, Metric]:
    return metrics_in(texts["metrics.tf"])


@pytest.fixture(scope="session")
def bounds(texts: dict[str, str]) -> Sequence[float]:
    """Of the buckets of every distribution."""
    [told] = re.findall(r"bounds = \[(.*?)\]", texts["metrics.tf"])
    return [float(each) for each in told.split(",")]
