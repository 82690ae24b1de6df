"""What waits for a person to grade it, whatever it is, and who graded what."""
