"""Clicks that lead to another page: they are done when that page is there, and not when the finger is up."""

from playwright.sync_api import Locator, Page


def follow(link: Locator) -> Page:
    """Click what leads to another page, as a finger or a mouse would; return once that page is loaded."""
    with link.page.expect_navigation():
        link.click()
    return link.page
