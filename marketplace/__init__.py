"""A creator marketplace written only in Python."""
