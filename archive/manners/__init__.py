"""Manners: what a host asks of us, in robots.txt and in its answers, and how long it is left alone."""
