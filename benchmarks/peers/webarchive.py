"""scrapy-webarchive, as its manual says: an extension that writes WARC, and packs it into a WACZ at the end."""

from typing import Any, ClassVar

from plain import Plain


class Webarchive(Plain):
    """The same spider."""

    name = "webarchive"
    custom_settings: ClassVar[dict[str, Any] | None] = {  # type: ignore[misc]  # Scrapy reads it from the class
        "EXTENSIONS": {"scrapy_webarchive.extensions.WaczExporter": 543},
        "SW_EXPORT_URI": "wacz/",
    }
