"""Torture: crawls that are killed at every kind of moment, each followed by a clean one, and disks that fill up."""
