"""Google Calendar's side on loopback: ACLs, calendar lists, calendars, events, settings and their notifications."""

from .actor import Actor, Client, Refusal, Witness
from .adapter import SimulatorAdapter
from .call import Answer, Call, Delivery
from .discovery import check_answer, check_request
from .options import Options
from .server import Server, serve
from .simulator import CalendarSimulator
from .transport import Transport, post_over_http

__all__ = [
    "Actor",
    "Answer",
    "CalendarSimulator",
    "Call",
    "Client",
    "Delivery",
    "Options",
    "Refusal",
    "Server",
    "SimulatorAdapter",
    "Transport",
    "Witness",
    "check_answer",
    "check_request",
    "post_over_http",
    "serve",
]
