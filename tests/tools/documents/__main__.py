"""`python -m tests.tools.documents` records anew what the documents show; with `openapi`, it prints that of the API.

With `stored`, it keeps what this version stores, for each later one to read.
"""

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from calendar_watch import __version__, log
from calendar_watch.http import openapi
from tests.contract.schemas import story
from tests.support.world import CHANGES
from tests.tools.documents import asyncapi, examples, stored

_FUNCTIONS = Path(__file__).parents[3] / "functions"
_STORED = Path(__file__).parents[2] / "contract/documents"


def main(arguments: list[str]) -> None:
    if arguments == ["openapi"]:
        sys.stdout.write(_text(openapi.document()))
        return
    log.configure("CRITICAL")
    if arguments == ["stored"]:
        (_STORED / f"{__version__}.json").write_text(_text(stored.written()))
        return
    (_FUNCTIONS / "calendar_watch/http/examples.json").write_text(_text(examples.recorded()))
    with closing(story.told()) as world:
        document = asyncapi.document(world.pubsub.published(CHANGES))
    (_FUNCTIONS / "asyncapi.json").write_text(_text(document))


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
