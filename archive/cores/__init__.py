"""Cores: work done in other processes: on all cores, or in one that stays beside the first."""
