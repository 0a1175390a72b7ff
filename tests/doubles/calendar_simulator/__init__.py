"""Google Calendar's side on loopback: ACLs, calendar lists, calendars, events, settings and their notifications."""

from .actor import Actor, Refusal
from .adapter import SimulatorAdapter
from .call import Answer, Call, Delivery
from .courier import Courier, post_over_http
from .discovery import check_answer, check_request
from .options import Options
from .server import Server, serve
from .simulator import CalendarSimulator

__all__ = [
    "Actor",
    "Answer",
    "CalendarSimulator",
    "Call",
    "Courier",
    "Delivery",
    "Options",
    "Refusal",
    "Server",
    "SimulatorAdapter",
    "check_answer",
    "check_request",
    "post_over_http",
    "serve",
]
