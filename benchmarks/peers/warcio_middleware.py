"""scrapy-warcio, as its manual says: the downloader middleware that it asks everybody to copy."""

from typing import Any, ClassVar

import scrapy_warcio
from plain import Plain
from scrapy import Request, Spider
from scrapy.http import Response


class Middleware:
    """Writes each answer and its request."""

    def __init__(self) -> None:
        self.warcio = scrapy_warcio.ScrapyWarcIo()

    def process_request(self, request: Request, spider: Spider) -> None:
        request.meta["WARC-Date"] = scrapy_warcio.warc_date()

    def process_response(self, request: Request, response: Response, spider: Spider) -> Response:
        self.warcio.write(response, request)
        return response


class Warcio(Plain):
    """The same spider."""

    name = "warcio"
    custom_settings: ClassVar[dict[str, Any] | None] = {  # type: ignore[misc]  # Scrapy reads it from the class
        "DOWNLOADER_MIDDLEWARES": {Middleware: 543}
    }
