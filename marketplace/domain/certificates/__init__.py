"""Certificates of completed courses: who completed which version when, and whether that still stands."""
