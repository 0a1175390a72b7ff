"""Seconds that pass only when somebody sleeps."""


class VirtualTime:
    def __init__(self) -> None:
        self.at = 0.0

    def clock(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds
