"""A real Chromium, driven over W3C WebDriver (https://www.w3.org/TR/webdriver2/) and Chromium's own commands."""

import base64
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import requests

from tests.support.loopback import free_ports
from tests.support.stack.process import LOOPBACK, Process
from tests.support.stack.rest import call, told

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""How a reference to an element is marked: https://www.w3.org/TR/webdriver2/#elements."""
_ARGUMENTS = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en"]
KEYS = {"tab": "\ue004", "enter": "\ue007"}
Json = dict[str, Any]


def present() -> bool:
    return all(shutil.which(each) for each in ("chromium", "chromedriver"))


class _Driver(Process):
    """Debian's `chromedriver`, which starts the browsers and ends with them."""

    def __init__(self, port: int, home: Path):
        self.url = f"http://{LOOPBACK}:{port}"
        environment = {"HOME": str(home), "TMPDIR": str(home)}
        super().__init__("chromedriver", ["chromedriver", f"--port={port}"], environment, home / "chromedriver.log")

    def answers(self) -> bool:
        try:
            return bool(call("GET", f"{self.url}/status").json()["value"]["ready"])
        except requests.RequestException:
            return False


@contextmanager
def browser(home: Path) -> Iterator["Browser"]:
    """One that keeps what it needs in that folder, and ends with the block."""
    with _Driver(next(free_ports()), home).running() as driver, Browser(driver.url) as browser:
        yield browser


class Browser:
    """One window. Selectors are of CSS."""

    def __init__(self, driver: str):
        arguments = [*_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        wanted = {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        session = told("POST", f"{driver}/session", {"capabilities": {"alwaysMatch": wanted}})["value"]
        self._url = f"{driver}/session/{session['sessionId']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        call("DELETE", self._url)

    def go(self, url: str) -> None:
        self._ask("url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns; a promise is waited for."""
        return self._ask("execute/sync", {"script": script, "args": arguments})

    def text(self, selector: str = "body") -> str:
        """As it is seen."""
        return str(self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector))

    def texts(self, selector: str) -> list[str]:
        return list(
            self.run("return [...document.querySelectorAll(arguments[0])].map(each => each.innerText)", selector)
        )

    def click(self, selector: str, labelled: str = "") -> None:
        """The first that is seen and whose text is, or begins with, `labelled`."""
        self._of(self._found(selector, labelled), "click", {})

    def type(self, selector: str, text: str) -> None:
        self._of(self._found(selector, ""), "value", {"text": text})

    def press(self, *keys: str) -> None:
        """Wherever the focus is."""
        turns = [{"type": turn, "value": KEYS[key]} for key in keys for turn in ("keyDown", "keyUp")]
        self._ask("actions", {"actions": [{"type": "key", "id": "keyboard", "actions": turns}]})

    def picture(self) -> bytes:
        """PNG."""
        return base64.b64decode(self._ask("screenshot"))

    def command(self, name: str, **parameters: Any) -> Any:
        """https://chromedevtools.github.io/devtools-protocol/."""
        return self._ask("goog/cdp/execute", {"cmd": name, "params": parameters})

    def busy_milliseconds(self) -> float:
        """Of the processor, by the page itself, since this was first asked; what it waits for does not count."""
        self.command("Performance.enable", timeDomain="threadTicks")
        found = {each["name"]: each["value"] for each in self.command("Performance.getMetrics")["metrics"]}
        return float(found["TaskDuration"]) * 1000

    def size(self, width: int, height: int) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def scheme(self, name: str) -> None:
        """`light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": name}
        self.command("Emulation.setEmulatedMedia", features=[feature])

    def offline(self, *, away: bool) -> None:
        self.command(
            "Network.emulateNetworkConditions", offline=away, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Meanwhile another tab is in front."""
        here = self._ask("window")
        self._ask("window", {"handle": self._ask("window/new", {"type": "tab"})["handle"]})
        yield
        told("DELETE", f"{self._url}/window")
        self._ask("window", {"handle": here})

    def errors(self) -> list[str]:
        """What its console complains of since the last time."""
        return [each["message"] for each in self._log("browser") if each["level"] in {"SEVERE", "WARNING"}]

    def requested(self) -> list[str]:
        """Every address that it has asked for since the last time."""
        events = [json.loads(each["message"])["message"] for each in self._log("performance")]
        return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]

    def _found(self, selector: str, labelled: str) -> str:
        script = """return [...document.querySelectorAll(arguments[0])].find(each => each.checkVisibility() &&
                    (each.innerText.trim() === arguments[1] || (each.ariaLabel ?? "").startsWith(arguments[1]) ||
                     each.innerText.trim().startsWith(arguments[1])))"""
        found = self.run(script, selector, labelled)
        assert found, f"no {selector} {labelled!r} in:\n{self.text()}"
        return str(found[_ELEMENT])

    def _of(self, element: str, what: str, body: Json) -> None:
        self._ask(f"element/{element}/{what}", body)

    def _log(self, kind: str) -> list[Json]:
        return list(self._ask("se/log", {"type": kind}))

    def _ask(self, what: str, body: Json | None = None) -> Any:
        return told("GET" if body is None else "POST", f"{self._url}/{what}", body)["value"]
