"""What `notifications` is compared with: functions that answer and do nothing, importing what ours must."""

import json

import flask
import functions_framework
import google.auth  # noqa: F401 (its price is part of the comparison)
import requests  # noqa: F401 (likewise)


@functions_framework.http
def bare(_request: flask.Request) -> tuple[str, int]:
    return "", 204


@functions_framework.http
def refusing(_request: flask.Request) -> flask.Response:
    """As ours tells it (RFC 9457)."""
    problem = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "the token is not of our making"}
    return flask.Response(json.dumps(problem), 403, mimetype="application/problem+json")
