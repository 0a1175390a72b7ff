"""The whole system: three functions, a simulated Google Calendar, a Firestore, a Pub/Sub, and a ticker."""

import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.support import firestore_emulator, pubsub_emulator
from tests.support.loopback import free_ports

from .function import SOURCE, Function
from .google import Google
from .listener import Listener
from .process import LOOPBACK, Process
from .pubsub import PubSub
from .ticker import Ticker
from .watches_api import WatchesApi

_P = TypeVar("_P", bound=Process)


class Stack:
    """Runs within its block. `environment` goes to the functions, on top of what they need to find each other.

    `firestore`, `pubsub`: "local" (ours, in memory), "emulator" (Google's), or the host:port of one that runs already.
    `tick`: seconds between two sweeps; in production it is a minute.
    Before it runs, these may be set: `project`, `signing_key`; `ports` to listen on, the functions first; `source`, the
    file that the functions are in; `state`, a folder in which our Firestore and the simulator keep what they know.
    """

    watches: Function
    notifications: Function
    renew: Function
    simulator: Process
    ticker: Ticker
    google: Google
    pubsub: PubSub
    api: WatchesApi

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        *,
        firestore: str = "local",
        pubsub: str = "local",
        tick: float = 1.0,
    ):
        self.project = f"stack-{secrets.token_hex(6)}"
        self.signing_key = secrets.token_hex(32)
        self.environment: dict[str, str] = {}
        self._overrides = environment or {}
        self._firestore = firestore
        self._pubsub = pubsub
        self._tick = tick
        self.ports = free_ports()
        self.source = SOURCE
        self.state: Path | None = None
        self._processes: list[Process] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="calendar-watch-")))
            stack.callback(self._kill_all)
            self._start(stack)
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def functions(self) -> list[Function]:
        return [self.watches, self.notifications, self.renew]

    def tails(self) -> str:
        """What every process said last."""
        return "\n".join(process.tail() for process in self._processes)

    def _start(self, stack: ExitStack) -> None:
        """Start all at once, and only then wait: on addresses that are known beforehand."""
        functions = {name: next(self.ports) for name in ("watches", "notifications", "renew")}
        self.simulator = simulator = self._listener("tests.doubles.calendar_simulator", *self._kept_in("google"))
        self.google = Google(simulator.host)
        kept = ("tests.doubles.local_firestore", *self._kept_in("firestore"))
        firestore = self._host(stack, self._firestore, kept, firestore_emulator.emulator)
        pubsub = self._host(stack, self._pubsub, ["tests.doubles.local_pubsub"], pubsub_emulator.emulator)
        self.pubsub = PubSub(pubsub, self.project)
        self._start_functions(firestore, functions)
        for process in self._processes:
            process.wait()
        self.pubsub.create(f"{self.renew.url}wakeups")
        self.api = WatchesApi(self.watches.url)
        self.ticker = stack.enter_context(Ticker(self.renew.url, self._tick))
        stack.callback(self._kill_all)  # before the ticker ends, which else would wait for its last answer

    def _host(
        self, stack: ExitStack, wanted: str, ours: Sequence[str], googles: Callable[[], AbstractContextManager[str]]
    ) -> str:
        match wanted:
            case "local":
                return self._listener(*ours).host
            case "emulator":
                return stack.enter_context(googles())
            case host:
                return host

    def _kept_in(self, name: str) -> tuple[str, ...]:
        return ("--journal", str(self.state / f"{name}.journal")) if self.state else ()

    def _listener(self, module: str, *options: str) -> Listener:
        return self._started(Listener(module, next(self.ports), self.logs, *options))

    def _start_functions(self, firestore_host: str, ports: Mapping[str, int]) -> None:
        self.environment = {
            "GOOGLE_CLOUD_PROJECT": self.project,
            firestore_emulator.VARIABLE: firestore_host,
            "NOTIFICATION_URL": f"http://{LOOPBACK}:{ports['notifications']}/",
            "CHANNEL_TOKEN_KEYS": self.signing_key,
            "CALENDAR_API_ROOT": self.google.api_root,
            "AUTH_MODE": "anonymous",
            "INTERNAL_DOMAINS": "example.com",
            "TOKEN_SERVICE_URL": f"{self.google.admin_root}/lend",
            "RESOURCES": "acl,calendarList,events,settings",
            "THREADS": "16",
            **self.pubsub.environment,
            **self._overrides,
        }
        self.watches, self.notifications, self.renew = (
            self._started(Function(name, port, self.environment, self.logs, self.source))
            for name, port in ports.items()
        )

    def _started(self, process: _P) -> _P:
        self._processes.append(process)
        process.start()
        return process

    def _kill_all(self) -> None:
        for process in self._processes:
            process.kill()
