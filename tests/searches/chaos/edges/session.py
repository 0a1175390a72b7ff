"""A session straight to the edge of Google or Pub/Sub: merging settings, cookies, redirects took a tenth of all."""

from typing import Any
from urllib.parse import urlencode

import requests
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter


class Session(requests.Session):
    """`credentials` are what an AuthorizedSession has."""

    def __init__(self, edge: BaseAdapter, credentials: Any = None):
        super().__init__()
        self.credentials = credentials
        self._edge = edge

    def request(self, method: str, url: str, *, timeout: Any = None, **options: Any) -> Response:  # type: ignore[override]
        request = PreparedRequest()
        request.prepare_method(method)
        query = urlencode(options.get("params") or {}, doseq=True)
        request.url = f"{url}?{query}" if query else url
        request.prepare_headers(options.get("headers"))
        request.prepare_body(options.get("data"), None, options.get("json"))
        return self._edge.send(request, timeout=timeout)
