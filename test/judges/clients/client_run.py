"""What the runs with PyPI's `marathon` share: the client of the system that the first argument names, and what it saw."""

import collections
import collections.abc
import json
import logging
import sys
import threading
import time

# Gone from Python 3.10; the client encodes nested objects with it.
collections.Iterable = collections.abc.Iterable

from marathon import MarathonClient  # noqa: E402
from marathon.util import MarathonJsonEncoder  # noqa: E402

LIMIT_SECONDS = 30
PAUSE_SECONDS = 0.05

client = MarathonClient(sys.argv[1])
seen = {}
# What the client logs of refusals is in the exceptions too.
logging.getLogger("marathon").setLevel(logging.CRITICAL)


def see(name, value):
    """Keeps what the client made of an answer."""
    seen[name] = json.loads(json.dumps(value, cls=MarathonJsonEncoder))
    return value


def see_refusal(name, call):
    """Keeps what the client raises, which it must."""
    try:
        answer = call()
    except Exception as error:
        parts = {"status": "status_code", "message": "error_message", "details": "error_details"}
        told = {key: getattr(error, part) for key, part in parts.items() if hasattr(error, part)}
        see(name, {"raised": type(error).__name__, **(told or {"text": str(error)})})
    else:
        raise AssertionError(f"{name}: not refused, but {answer}")


def wait_until(what, holds):
    limit = time.monotonic() + LIMIT_SECONDS
    while not holds():
        if time.monotonic() > limit:
            raise TimeoutError(f"waited {LIMIT_SECONDS} s for {what}")
        time.sleep(PAUSE_SECONDS)


def rest(what):
    wait_until(f"the end of deployments after {what}", lambda: client.list_deployments() == [])


def follow(event_types):
    """Reads the typed event stream in the background into the list that it returns; the process's end ends it."""
    events = []

    def read():
        for event in client.event_stream(event_types=event_types):
            events.append(event)

    threading.Thread(target=read, daemon=True).start()
    wait_until("the event stream", lambda: len(events) > 0)
    return events


def print_seen():
    print(json.dumps(seen))
