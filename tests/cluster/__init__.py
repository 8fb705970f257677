"""Cluster: many workers on one frontier, one index and one store, killed meanwhile; and how quick they are."""
