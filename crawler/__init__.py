"""The Scrapy project: goes out and gets bytes.  Every rule is in `archive`."""
