"""Warcs: whole WARC files: written, closed for good, mended, checked, walked on all cores, shipped to a store."""
