"""What `notifications` is compared with: a function that answers 204 and does nothing, importing what ours must."""

import flask
import functions_framework
import google.auth  # noqa: F401 (its price is part of the comparison)
import requests  # noqa: F401 (likewise)


@functions_framework.http
def bare(_request: flask.Request) -> tuple[str, int]:
    return "", 204
