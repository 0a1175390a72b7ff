"""Every metric counts lines that the code really writes, and every alert asks for values that occur in them."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import functions_framework
import pytest
from flask import Flask
from flask.testing import FlaskClient

from calendar_watch.decisions.verdicts import KNOWN_REASONS
from calendar_watch.model.exposure import Exposure, Shift
from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from tests.infra.log_lines import forged, said
from tests.infra.log_metrics import Metric
from tests.support.log_fields import FIELDS, IN_TROUBLE, SOMETIMES
from tests.support.world import ALICE, ALICES_ACL, World

FORGED = {
    "X-Goog-Channel-ID": "6f6f2d4c-6bd0-4a8d-9d4c-1f9d9a0b7c11",
    "X-Goog-Channel-Token": "forged",
    "X-Goog-Message-Number": "7",
    "X-Goog-Resource-ID": "resource",
    "X-Goog-Resource-State": "exists",
    "X-Goog-Resource-URI": "https://www.googleapis.com/calendar/v3/users/me/calendarList",
}


def test_all_metrics_are_looked_at(texts: dict[str, str], metrics: dict[str, Metric]) -> None:
    assert len(metrics) == texts["metrics.tf"].count("{ filter = ") > 5
    asked = texts["alerts.tf"] + texts["dashboard.tf"] + texts["slo.tf"]
    used = set(re.findall(r"local\.promql\.(\w+)|_quantile\.(\w+)|_counted\.(\w+)", asked))
    assert {name for names in used for name in names if name} | gauges(metrics) == metrics.keys()


def gauges(metrics: dict[str, Metric]) -> set[str]:
    """The dashboard shows each."""
    return {name for name, metric in metrics.items() if metric.event == "counts"}


def test_each_reason_and_each_state_of_a_wanted_watch_has_a_gauge(metrics: dict[str, Metric]) -> None:
    wanted = {each for each in State if each not in {State.STOPPING, State.STOPPED}}
    fields = {field for name in gauges(metrics) for field in metrics[name].fields}
    assert fields == {"lockedOut", *(f"reasons.{each}" for each in Reason), *(f"states.{each}" for each in wanted)}


def test_each_metric_counts_lines_that_the_code_writes(metrics: dict[str, Metric]) -> None:
    fields = {**FIELDS, **IN_TROUBLE}
    assert all(
        each.payload_fields <= fields[each.event] | SOMETIMES.get(each.event, set()) for each in metrics.values()
    )


def test_alerts_ask_only_for_labels_that_are_extracted(texts: dict[str, str], metrics: dict[str, Metric]) -> None:
    for name, selectors in re.findall(r"promql\.(\w+)\}\{\$\{local\.on_run\},(.*?)\}", texts["alerts.tf"]):
        labels = set(re.findall(r"(\w+)(?:=~|!~|!=|=)", selectors))
        assert labels
        assert labels <= metrics[name].fields


def test_every_query_says_what_kind_of_resource_it_is_about(texts: dict[str, str]) -> None:
    queries = "".join(texts[name] for name in ("alerts.tf", "dashboard.tf", "metrics.tf", "slo.tf"))
    assert len(re.findall(r"local\.promql[^}]*\}\w*\{\$\{local\.on_run\}", queries)) == queries.count("local.promql")


def asked_for(texts: dict[str, str], label: str) -> set[str]:
    found = re.findall(rf'[{{,]{label}(?:=~|!~|=)\\"(.*?)\\"', texts["alerts.tf"])
    return {value for values in found for value in values.split("|")}


def test_alerts_ask_for_values_that_occur(texts: dict[str, str]) -> None:
    assert asked_for(texts, "reason") - {each.value for each in Reason} <= KNOWN_REASONS
    assert asked_for(texts, "action") == {"lost"}
    assert asked_for(texts, "exposure") <= {*Exposure}
    assert asked_for(texts, "change") <= {*Shift}


def rung_by(texts: dict[str, str], line: Mapping[str, Any]) -> list[str]:
    """The alerts that count this change of a rule."""
    asked = re.findall(r"title += \"(.*)\"\n.*\n.*promql\.exposures\}\{\$\{local\.on_run\},(.*?)\}", texts["alerts.tf"])
    wanted = {title: dict(re.findall(r'(\w+)=\\"(\w+)\\"', selectors)) for title, selectors in asked}
    return [title for title, labels in wanted.items() if labels.items() <= line.items()]


@pytest.mark.parametrize(
    ("scope", "alerts"),
    [
        (("default", None), ["A calendar was made public"]),
        (("user", "eve@evil.net"), ["Much is shared outside"]),
        (("user", "bob@example.com"), []),
    ],
)
def test_what_was_shared_rings_its_alert_and_taking_it_away_rings_none(
    texts: dict[str, str],
    metrics: dict[str, Metric],
    scope: tuple[str, str | None],
    alerts: list[str],
) -> None:
    def share(world: World) -> None:
        world.open(ALICES_ACL)
        for role in ("reader", "none"):
            world.alice.share_with(ALICE, *scope, role)
            world.run(timedelta(minutes=1))

    counted = [line for line in said(share) if metrics["exposures"].counts(line)]
    assert [rung_by(texts, line) for line in counted] == [alerts, []]


@pytest.fixture
def counted() -> Mapping[str, Any]:
    """The line that a sweep writes every ten minutes."""
    [line] = [each for each in said(World.sweep) if each["event"] == "counts"]
    return line


def test_each_gauge_is_a_number_in_the_line_that_counts(metrics: dict[str, Metric], counted: Mapping[str, Any]) -> None:
    found = [name for name, metric in metrics.items() if metric.counts(counted)]
    assert set(found) == gauges(metrics)
    assert [metrics[name].value(counted) for name in found] == [0] * len(found)


def test_whose_calendar_or_user_is_gone_wakes_nobody() -> None:
    assert {each for each in Reason if each.gone} == {"notFound", "notACalendarUser", "userGone"}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "example")
    monkeypatch.setenv("CHANNEL_TOKEN_KEYS", "k" * 32)
    create: Callable[[str, str], Flask] = functions_framework.create_app
    return create("notifications", "functions/main.py").test_client()


def test_a_forged_notification_is_counted_as_one(
    client: FlaskClient, metrics: dict[str, Metric], capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.post("/", headers=FORGED).status_code == 403
    _instance, line = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert [(name, metric.value(line)) for name, metric in metrics.items() if metric.counts(line)] == [("forged", 1)]


def test_a_flood_of_them_is_counted_to_the_last(metrics: dict[str, Metric]) -> None:
    counted = [metrics["forged"].value(line) for line in said(forged) if metrics["forged"].counts(line)]
    assert counted == [1, 999]


def test_the_uptime_check_expects_what_we_answer(client: FlaskClient, texts: dict[str, str]) -> None:
    [status] = re.findall(r"status_value = (\d+)", texts["alerts.tf"])
    [content] = re.findall(r'content = "(.*)"', texts["alerts.tf"])
    answer = client.get("/")
    assert (str(answer.status_code), content in answer.text) == (status, True)
