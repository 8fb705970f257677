"""Agent: who we say we are, honestly: the archiver, its version, whom to write to."""

import socket

from scrapy.settings import BaseSettings

from archive import __version__
from archive.records.record import Fields


def introduce(settings: BaseSettings) -> None:
    """Put the user agent into the settings of a spider."""
    contact = " ".join(settings["CONTACT"].split())
    agent = f"rfi-archive/{__version__} ({'+' + contact if contact else 'no contact given'})"
    settings.set("USER_AGENT", agent, priority="spider")


def about(agent: str, contact: str) -> Fields:
    """Return what the warcinfo records of this run say.  Source: WARC 1.1, 6.2."""
    return (
        ("software", f"rfi-archive/{__version__}"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ("operator", contact or "not given"),
        ("robots", "obey"),
        ("http-header-user-agent", agent),
        ("hostname", socket.gethostname()),
        ("description", "articles, listings and pictures of RFI's Chinese service"),
    )
