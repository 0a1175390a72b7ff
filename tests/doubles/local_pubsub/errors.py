"""What is answered when something is wrong, with the statuses and, where the emulator has them, its words."""

from http import HTTPStatus
from typing import Any


class PubSubError(Exception):
    def __init__(self, status: HTTPStatus, word: str, message: str):
        super().__init__(message)
        self.status = status
        self.word = word

    @property
    def wire(self) -> dict[str, Any]:
        return {"error": {"code": int(self.status), "message": str(self), "status": self.word}}


def invalid(message: str) -> PubSubError:
    return PubSubError(HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT", message)


def not_found(what: str) -> PubSubError:
    return PubSubError(HTTPStatus.NOT_FOUND, "NOT_FOUND", what)


def exists(what: str) -> PubSubError:
    return PubSubError(HTTPStatus.CONFLICT, "ALREADY_EXISTS", what)


def injected(status: int) -> PubSubError:
    return PubSubError(HTTPStatus(status), "UNAVAILABLE", "injected by the test")
