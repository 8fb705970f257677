"""The library of the archiver: bytes in, articles, records and an index out.

Imports neither Scrapy nor `crawler`, reads no clock it is not given, opens no connection.
"""

__version__ = "0.1.0"
