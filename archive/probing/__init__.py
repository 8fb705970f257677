"""Probing: a look at the live site before a crawl: what is asked, what came back, what that means."""
