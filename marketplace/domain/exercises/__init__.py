"""Python to be written by learners: exercises, and what they wrote."""
