"""The spiders, one an edition."""
