"""Other domains become internal: `make bench WHICH=domains` does it with a thousand watches."""

from tests.tools.bench.domains import changed

_WATCHES = 60


def test_each_watch_tells_it_once_spread_over_an_hour_and_google_is_asked_nothing() -> None:
    report = changed(_WATCHES)
    assert (report.told, report.twice, report.others, report.calls) == (_WATCHES, 0, 0, 0)
    assert report.busiest <= 8
