"""Coded: the middleware that undoes the content coding of what is read as it comes: listings, robots.txt."""

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response


class Coded(HttpCompressionMiddleware):
    """Scrapy's own, but for articles: theirs is undone where they are read, from the bytes that are kept."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,
    ) -> Request | Response:
        """Return an article's answer as it came, any other with its content."""
        return response if "exchange" in request.meta else super().process_response(request, response)
