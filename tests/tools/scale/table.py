"""One table by size, in Markdown."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import quantiles

from tests.tools.scale.assumptions import DAY, Assumptions, Deployment, Prices
from tests.tools.scale.money import documents, of_a_month
from tests.tools.scale.plan import CALLS, Report
from tests.tools.scale.queues import MINUTE, quantile
from tests.tools.scale.scenarios import HOUR, OUTAGE, SIZES

Reports = Mapping[tuple[str, str], Report]
_EXACT = 10
_LATE = 120
"""Seconds: an ordinary sweep finds what is at most a minute late."""


def table(reports: Reports, assumed: Assumptions, prices: Prices) -> Iterator[str]:
    yield "| | " + " | ".join(f"{size} watches" for size in SIZES) + " |"
    yield "| --- " * (1 + len(SIZES)) + "|"
    for what, cell in _rows(reports, assumed, prices):
        yield f"| {what} | " + " | ".join(cell(size) for size in SIZES) + " |"


def agreement(reports: Reports) -> Iterator[str]:
    """Of a morning, with each watch decided over, and with one of so many."""
    whole, sampled = reports["100,000", "unsampled"], reports["100,000", "sampled"]
    for name in ("list", "watch", "stop", "tokens", "rpcs", "reads", "writes", "messages"):
        differs = sampled.spent[name] / whole.spent[name] - 1
        yield f"{name}: {whole.spent[name]:,} and {sampled.spent[name]:,}, {differs:+.1%}"
    for name, figure in (("calls in the busiest minute", _busiest), ("timers late, p99, s", _late(0.99))):
        yield f"{name}: {figure(whole)} and {figure(sampled)}"


def _rows(reports: Reports, assumed: Assumptions, prices: Prices) -> Iterator[tuple[str, Callable[[str], str]]]:
    def of(name: str, figure: Callable[[Report], str]) -> Callable[[str], str]:
        return lambda size: figure(reports[size, name])

    yield "settings", lambda size: settings(SIZES[size])
    yield "told a day: changes, renewals", of("day", _a_day("entries"))
    yield "calls to Google a day", of("day", _a_day(*CALLS))
    yield (
        "… after messages · by timers",
        of("day", _beside(_because("after a message", *CALLS), _because("by a timer", *CALLS))),
    )
    yield (
        "… `list` · `get` · `watch` · `stop`",
        of("day", _beside(*map(_a_day, CALLS))),
    )
    yield f"… in the busiest minute, of {assumed.calls_a_minute:,}", of("day", _busiest)
    yield "… of them for audits, a day", of("day", _because("for an audit", *CALLS))
    yield f"access tokens a day · a minute, of {assumed.signatures_a_minute:,}", of("day", _tokens)
    yield "Firestore: RPCs a day", of("day", _a_day("rpcs"))
    yield (
        "… documents read · written · deleted",
        of("day", _beside(_a_day("reads"), _a_day("writes"), _a_day("deletes", "entries"))),
    )
    yield (
        "… of the reads, for sweeps · for counts",
        of("day", _beside(_because("sweeps", "reads"), _because("counts", "reads"))),
    )
    yield f"… index writes in the busiest second of a shard, of {assumed.index_writes}", of("day", _index_writes)
    yield (
        "Pub/Sub: wake-ups · changes a day",
        of("day", _beside(_a_day("wakeups"), _a_day("messages"))),
    )
    yield "instances of `renew` that the busiest minute fills", of("day", lambda each: f"{max(each.needed):.2f}")
    yield "hand-overs a day", of("day", lambda each: f"{each.handed_over}")
    yield "timers begin late by, p50 · p99", of("day", lambda each: f"{_late(0.5)(each)} · {_late(0.99)(each)} s")
    yield "change to CloudEvent, p50 · p99", of("day", _told)
    for name, words in (("week", "250 a second"), ("spread", "as fast as they open")):
        yield f"enrolled {words}: all open after", of(name, _opened)
        yield "… busiest minute of the first day · most overdue", of(name, _first_day)
    for name, words in (("Google", "Google"), ("Firestore", "Firestore, or anything at all")):
        yield f"an hour without {words}: most overdue · as usual again after", of(name, _recovery)
        yield "… its changes told after the end, p50 · p99", of(name, _told_after_the_end)
        yield (
            "… calls in the busiest minute after it",
            of(name, lambda each: f"{max(each.calls[_end_of_outage() :]):,.0f}"),
        )
    yield "when all renewals fall due: busiest minute · most overdue", of("week", _renewal_wave)
    yield "a month, in dollars", lambda size: _money(reports[size, "day"], SIZES[size], prices)
    yield "… of it for audits · for sweeps and counts", lambda size: _apart(reports[size, "day"], prices)


def settings(deployment: Deployment) -> str:
    return (
        f"read {_often(deployment.safety_sync)} by the clock, events audited {_often(deployment.audit)}, "
        f"{deployment.max_instances} instances of {deployment.sweep_threads} threads, "
        f"{deployment.calls_per_minute:,} calls a minute"
    )


def _often(span: int) -> str:
    return {0: "never", HOUR: "hourly", DAY: "daily", 7 * DAY: "weekly"}[span]


def short(count: float) -> str:
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if count >= size * 10:
            return f"{count / size:,.0f}{letter}"
        if count >= size:
            return f"{count / size:.1f}{letter}"
    return f"{count:.0f}"


def _beside(*figures: Callable[[Report], str]) -> Callable[[Report], str]:
    return lambda report: " · ".join(figure(report) for figure in figures)


def _a_day(*names: str) -> Callable[[Report], str]:
    return lambda report: short(report.a_day(*names))


def _because(cause: str, *names: str) -> Callable[[Report], str]:
    """A day, of what was spent for that."""

    def said(report: Report) -> str:
        spent = report.by_cause.get(cause, Counter[str]())
        return short(sum(spent[each] for each in names) * DAY / report.seconds)

    return said


def _tokens(report: Report) -> str:
    return f"{_a_day('tokens')(report)} · {short(report.a_day('tokens') * MINUTE / DAY)}"


def _index_writes(report: Report) -> str:
    return f"{report.index_writes:.0f}"


def _busiest(report: Report) -> str:
    return f"{max(report.calls):,.0f}"


def _late(part: float) -> Callable[[Report], int]:
    return lambda report: quantile([report.late], part)


def _told(report: Report) -> str:
    return _hundredths([told - changed for changed, told in report.told])


def _hundredths(spans: Sequence[float]) -> str:
    if len(spans) < 2:
        return "none"
    hundredths = quantiles(spans, n=100)
    return f"{_time(hundredths[49])} · {_time(hundredths[98])}"


def _time(span: float) -> str:
    if span < MINUTE:
        return f"{span:.0f} s" if span >= _EXACT else f"{span:.1f} s"
    return f"{span / MINUTE:.0f} min" if span < 2 * HOUR else f"{span / HOUR:.0f} h"


def _opened(report: Report) -> str:
    """When as many channels have been opened as there are watches."""
    part = report.opened / report.watches
    return _time(report.opened_at) if part >= 1 else f"{part:.0%} in a day"


def _first_day(report: Report) -> str:
    day = DAY // MINUTE
    return f"{max(report.calls[:day]):,.0f} · {_time(max(report.overdue[:day]))}"


def _end_of_outage() -> int:
    return (OUTAGE.ends - HOUR) // MINUTE


def _recovery(report: Report) -> str:
    end = _end_of_outage()
    late = [minute for minute, overdue in enumerate(report.overdue) if minute >= end and overdue > _LATE]
    return f"{_time(max(report.overdue))} · {_time((late[-1] + 1 - end) * MINUTE) if late else 'at once'}"


def _told_after_the_end(report: Report) -> str:
    return _hundredths(
        [told - OUTAGE.ends for changed, told in report.told if OUTAGE.on(changed) and told > OUTAGE.ends]
    )


def _renewal_wave(report: Report) -> str:
    """From the fourth day on, when the first channels have aged enough."""
    wave = 4 * DAY // MINUTE
    return f"{max(report.calls[wave:]):,.0f} · {_time(max(report.overdue[wave:]))}"


def _money(report: Report, deployment: Deployment, prices: Prices) -> str:
    parts = of_a_month(report, deployment, prices)
    listed = ", ".join(f"{name} {amount:,.0f}" for name, amount in parts.items())
    return f"**{sum(parts.values()):,.0f}**: {listed}"


def _apart(report: Report, prices: Prices) -> str:
    """By what Firestore asks for them: the rest is not told apart."""
    causes = (("for an audit",), ("sweeps", "counts"))
    alone = (
        replace(report, by_cause={each: report.by_cause.get(each, Counter()) for each in those}) for those in causes
    )
    return " · ".join(f"{documents(each, prices):,.0f}" for each in alone)
