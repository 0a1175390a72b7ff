"""What a check may find."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`ok`; `trouble`, with its remedy; or `look`, where gcloud does not tell enough."""

    result: str
    detail: str
    remedy: str = ""


def ok(detail: str) -> Finding:
    return Finding("ok", detail)


def trouble(detail: str, remedy: str) -> Finding:
    return Finding("trouble", detail, remedy)


def look(detail: str, remedy: str) -> Finding:
    return Finding("look", detail, remedy)
