"""A short one, on our stand-ins: `make soak MINUTES=5` is the proof."""

from .soak import Soak


def test_whatever_dies_and_freezes_for_some_seconds_nothing_is_lost() -> None:
    told: list[str] = []

    assert Soak(seconds=5, seed=1, tell=told.append).run() == []
    assert " 0 kills" not in told[-1]
