"""Log: what a run tells of itself: one plain line an event, without colour, harmless, and without secrets."""

import logging
import os
from typing import Any

from scrapy import Spider
from scrapy.exceptions import UsageError
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.settings import SETTINGS_PRIORITIES, Settings

from archive.terminal import progress, telling
from archive.terminal.plain import plain
from crawler import secrets

OURS = ("crawler", "archive")
"""Whose records are told from LOG_LEVEL on.  Others' are told from WARNING on; at DEBUG, all of them."""
TOLD = {
    "scrapy.downloadermiddlewares.robotstxt": logging.DEBUG,
    "scrapy.core.scraper": logging.INFO,
}
"""Others that say what a reader should know: what may not be asked for, what is no article; from which level on."""
QUIET = {
    "scrapy.downloadermiddlewares.retry": logging.CRITICAL,
    "scrapy.downloadermiddlewares.httpcompression": logging.ERROR,
}
"""Others that say a second time, in many words, what the run says of each fetch; below this level they are not told."""
SECRET = ("scrapy.crawler",)
"""Others that print every setting: below WARNING they are told at no LOG_LEVEL."""


def install(settings: Settings) -> None:
    """Tell what a run logs, on stderr or in LOG_FILE, as the settings say.  Raises UsageError."""
    handler = _handler(settings)
    handler.setFormatter(Line(settings))
    level = _level(settings, handler)
    handler.addFilter(Events(level))
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    if level > logging.INFO:
        logging.disable(level - 1)  # what nobody is told need not be put into words


def _handler(settings: Settings) -> logging.Handler:
    if file := settings["LOG_FILE"]:
        try:
            mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
            return logging.FileHandler(file, mode, settings["LOG_ENCODING"], errors="backslashreplace")
        except OSError as error:
            raise UsageError(f"the log file {file} cannot be written: {error.strerror}", print_help=False) from None
    if not settings.getbool("LOG_ENABLED"):
        return logging.NullHandler()
    return BesideBar() if progress.on_terminal() else logging.StreamHandler()


def _level(settings: Settings, handler: logging.Handler) -> int:
    """Return from which level on a run tells: beside a bar from WARNING on, unless somebody asked for more."""
    name = str(settings["LOG_LEVEL"]).upper()
    level = int(name) if name.isdecimal() else logging.getLevelNamesMapping().get(name)
    if level is None:
        names = "DEBUG, INFO, WARNING, ERROR, CRITICAL"
        raise UsageError(f"no log level {settings['LOG_LEVEL']!r}: it is one of {names}", print_help=False)
    asked_for = (settings.getpriority("LOG_LEVEL") or 0) >= SETTINGS_PRIORITIES["cmdline"]
    return level if asked_for or not isinstance(handler, BesideBar) else max(level, logging.WARNING)


def last(line: str, settings: Settings) -> None:
    """Say the last line of a run, if anybody is left to hear it."""
    telling.last(secrets.hider(os.environ, settings)(plain(line)))


class BesideBar(logging.StreamHandler[Any]):
    """Tells on a terminal, and leaves the bar whole."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say a line above the bar."""
        try:
            progress.say_beside(self.format(record))
        except OSError:  # the terminal has gone
            self.handleError(record)


class Events(logging.Filter):
    """Lets through what a reader should know, by the tables above."""

    def __init__(self, level: int) -> None:
        """Tell from a level on."""
        super().__init__()
        self._level = level

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be told."""
        if TOLD.get(record.name, logging.INFO) <= record.levelno < logging.INFO and self._level > logging.DEBUG:
            record.levelno, record.levelname = logging.INFO, "INFO"
        return record.levelno >= self._least(record.name)

    def _least(self, name: str) -> int:
        if name in SECRET or (name.partition(".")[0] not in OURS and name not in TOLD and self._level > logging.DEBUG):
            return max(self._level, logging.WARNING, QUIET.get(name, 0))
        return self._level


class Line(logging.Formatter):
    """A record as one line; a traceback, which only our own mistakes have, as lines below it."""

    def __init__(self, settings: Settings) -> None:
        """Take the form from the settings."""
        super().__init__(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"])
        self._hide = secrets.hider(os.environ, settings)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without secrets."""
        return self._hide(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name it has in Python
        """Keep the message on its line."""
        record.message = plain(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - as above
        """Keep the lines of a traceback, and no more than these."""
        return "\n".join(map(plain, super().formatException(ei).splitlines()))


class Words(LogFormatter):
    """Scrapy's words for an item that comes to nothing, in one line; its level is no alarm: drift has its own."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Spider) -> LogFormatterResult:
        """Say why."""
        return {"level": logging.INFO, "msg": "%s", "args": (exception,)}
