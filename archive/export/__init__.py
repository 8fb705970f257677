"""Exports: what others read, made from the index and the article files."""
