"""What learners write down for themselves, and the places they mark in a video."""
