"""Three Cloud Functions that follow Google calendars.

    watches         operators say which collections to watch, and read what changed
    notifications   Google Calendar says that something changed: it is made durable, and nothing else
    renew           Cloud Scheduler has every watch reconciled that is due: channels renewed, collections read

A channel cannot be extended, only replaced, and tells that something changed, never what. Firestore remembers.
"""

import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import functions_framework
from flask import Request
from werkzeug.exceptions import HTTPException

from calendar_watch import log
from calendar_watch.decisions import next_step
from calendar_watch.decisions.diagnosis import without_settings
from calendar_watch.errors import ForeignSchemaError, InvalidRequestError, InvalidSettingsError
from calendar_watch.http import console, openapi, parameters, problems, requests
from calendar_watch.http.checks import ANYBODY, checks_view, read_checks
from calendar_watch.http.summary_view import summary_view
from calendar_watch.http.watch_request import Rules, read_bodies, read_body
from calendar_watch.http.watch_view import watch_view
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.watch import State, Watch
from calendar_watch.operations.query import MOST_BYTES
from calendar_watch.operations.register import Entered, Outcome
from calendar_watch.reconciler.reconcile import reconcile
from calendar_watch.sizes import fitting, weight
from calendar_watch.wiring import Wiring, utc_now

# Read by the server after this module is imported: how long a worker may be silent before it is killed. One that thaws
# with its instance has been silent for longer, and is well. The platform bounds requests itself.
os.environ["CLOUD_RUN_TIMEOUT_SECONDS"] = "0"

_wiring = Wiring(os.environ)
log.configure("INFO")  # until the settings say otherwise, or turn out to be wrong

functions_framework.errorhandler(HTTPException)(problems.http_problem)  # Flask routes no address with a line break

_STATUS = {Outcome.CREATED: 201, Outcome.RESUMED: 200, Outcome.EXISTS: 200, Outcome.UNDER_WAY: 202}
_ITEMS_A_PAGE = 1000
_FIRST_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@functions_framework.http
@problems.with_version
@problems.answers
def watches(request: Request) -> problems.Answer:
    """Ask for a collection to be watched, show and list watches, read what they hold and what changed, end them."""
    if requests.path_of(request) == ("checks",):
        return _check(request)
    with log.trace(requests.trace_of(request.headers), _wiring.settings.google_cloud_project):
        match path := requests.path_of(request):
            case ():
                asked = requests.taken(request, POST=(), GET=parameters.LIST)
                return _open(request) if request.method == "POST" else _list(asked)
            case ("summary" | "openapi.json" | "console" as page,):
                requests.taken(request, GET=())
                return _PAGES[page](), 200
            case ("batch",):
                requests.taken(request, POST=())
                return _batch(request)
        return _of_one(request, path)


def _of_one(request: Request, path: Sequence[str]) -> problems.Answer:
    match path:
        case (name,):
            asked = requests.taken(request, GET=(), DELETE=parameters.END)
            return _end(name, asked) if request.method == "DELETE" else _show(name)
        case (name, "items"):
            return _items(name, requests.taken(request, GET=parameters.ITEMS))
        case (name, "changes"):
            return _changes(name, requests.taken(request, GET=parameters.CHANGES))
        case (name, "retry" | "resync" as order):
            requests.taken(request, POST=())
            requests.nothing_in(request)
            return _retry(name) if order == "retry" else _resync(name)
    raise requests.nowhere(request)


@functions_framework.http
@problems.answers
def notifications(request: Request) -> problems.Answer:
    """Google's messages. Public: what is not signed by us costs one HMAC for each key and is gone."""
    with log.trace(requests.trace_of(request.headers), _wiring.receiver_settings.google_cloud_project):
        requests.only(request, "POST")
        _wiring.receiver.take(request.headers)
        return None, 204, _wiring.told_to_whoever_could_sign


@functions_framework.http
@problems.answers
def renew(request: Request) -> problems.Answer:
    """`POST /`: reconcile every watch that is due. `POST /shards`, `POST /wakeups`: those that a message names."""
    with log.trace(requests.trace_of(request.headers), _wiring.settings.google_cloud_project):
        match requests.path_of(request):
            case ():
                requests.only(request, "POST")
                return _sweep(), 200
            case ("shards",):
                requests.only(request, "POST")
                return _sweep_shard(requests.shard_of(request, utc_now()))
            case ("wakeups",):
                requests.only(request, "POST")
                return _wake(requests.wakeup_of(request))
        raise requests.nowhere(request)


def _check(request: Request) -> problems.Answer:
    """Answered whatever is wrong, the settings included: it is there to say so."""
    requests.taken(request, POST=())
    body = requests.json_of(request)
    try:
        project = _wiring.settings.google_cloud_project
    except InvalidSettingsError as error:
        read_checks(body, ANYBODY)
        return checks_view(without_settings(error.problems)), 200
    with log.trace(requests.trace_of(request.headers), project):
        return checks_view(_wiring.checks.run(read_checks(body, _rules()))), 200


def _open(request: Request) -> problems.Answer:
    outcome, watch = _wiring.registry.open(*read_body(requests.json_of(request), _rules()))
    return _view(watch), _STATUS[outcome]


def _batch(request: Request) -> problems.Answer:
    """Each is written down now, and opened by `renew` in its turn."""
    asked = read_bodies(requests.batch_of(request), _rules())
    entered = iter(_wiring.registry.enrol(each for each in asked if isinstance(each, tuple)))
    return {"results": [_result(next(entered) if isinstance(each, tuple) else each) for each in asked]}, 200


def _result(entered: Entered | InvalidRequestError) -> dict[str, Any]:
    if not isinstance(entered, tuple):
        problem = problems.problem_of(entered)
        return {"status": problem["status"], "problem": problem}
    outcome, watch = entered
    return {"status": _STATUS[outcome], "watch": _view(watch)}


def _rules() -> Rules:
    settings = _wiring.settings
    return Rules(settings.resources, settings.auth_mode, settings.subject_domains)


def _list(asked: Mapping[str, Any]) -> problems.Answer:
    wanted, limit = parameters.filter_of(asked), asked.get("pageSize", parameters.PAGE)
    page = _wiring.query.page(wanted, asked.get("pageToken", ""), limit)
    shown = [_view(watch) for watch in page.watches]
    fit = shown[: fitting(map(weight, shown), MOST_BYTES)]
    return _paged({"watches": fit}, page.next_token if len(fit) == len(shown) else fit[-1]["id"]), 200


def _summary() -> dict[str, Any]:
    summary = _wiring.query.summary()
    return summary_view(summary.tally, summary.as_of)


_PAGES: Mapping[str, Callable[[], Any]] = {
    "summary": _summary,
    "openapi.json": openapi.document,
    "console": console.page,
}


def _show(name: str) -> problems.Answer:
    return _view(_wiring.query.show(requests.watch_id_of(name))), 200


def _end(name: str, asked: Mapping[str, Any]) -> problems.Answer:
    """`200` once it has ended and, where that was asked for, everything is gone."""
    registry = _wiring.registry
    watch = (registry.erase if asked.get("erase") else registry.end)(requests.watch_id_of(name))
    return _view(watch), 202 if watch.erasing or watch.state(utc_now()) is not State.STOPPED else 200


def _retry(name: str) -> problems.Answer:
    return _view(_wiring.registry.retry(requests.watch_id_of(name))), 202


def _resync(name: str) -> problems.Answer:
    return _view(_wiring.registry.resync(requests.watch_id_of(name))), 202


def _items(name: str, asked: Mapping[str, Any]) -> problems.Answer:
    page = _wiring.query.items(requests.watch_id_of(name), asked.get("pageToken", ""), _ITEMS_A_PAGE)
    return _paged({"items": page.items, "sequence": page.sequence}, page.next_token), 200


def _changes(name: str, asked: Mapping[str, Any]) -> problems.Answer:
    span, limit = parameters.span_of(asked), asked.get("pageSize", parameters.PAGE)
    page = _wiring.query.changes(requests.watch_id_of(name), span, limit)
    by_time = {"complete": page.complete} if span.since or span.until else {}
    return {"changes": page.changes, "nextAfter": page.next_after, **by_time}, 200


def _paged(content: dict[str, Any], next_token: str | None) -> dict[str, Any]:
    return {**content, "nextPageToken": next_token} if next_token else content


def _view(watch: Watch) -> dict[str, Any]:
    return watch_view(watch, utc_now(), _wiring.services.policy)


def _sweep() -> dict[str, Any]:
    start = secrets.choice(_FIRST_LETTERS)
    return asdict(_wiring.sweep().run(start, _wiring.hand_over))


def _sweep_shard(named: Sequence[int]) -> problems.Answer:
    with _wiring.wakeup_slots.one():
        for shard in named:
            _wiring.sweep().run_shard(shard)
    return None, 204


def _wake(wakeup: requests.Wakeup) -> problems.Answer:
    with _wiring.wakeup_slots.one(), suppress(ForeignSchemaError):  # another release's: sweeps tell of those
        deadline = Deadline.after(utc_now(), _wiring.settings.sweep_seconds)
        claimable = next_step.claimable_again if wakeup.again else next_step.claimable
        reconcile(_wiring.services, wakeup.watch_id, deadline, time.sleep, claimable)
    return None, 204
