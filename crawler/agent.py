"""Agent: who we say we are, honestly: the archiver, its version, whom to write to."""

from scrapy.settings import BaseSettings

from archive import __version__


def introduce(settings: BaseSettings) -> None:
    """Put the user agent into the settings of a spider."""
    contact = " ".join(settings["CONTACT"].split())
    agent = f"rfi-archive/{__version__} ({'+' + contact if contact else 'no contact given'})"
    settings.set("USER_AGENT", agent, priority="spider")
