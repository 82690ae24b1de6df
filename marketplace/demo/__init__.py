"""The demo catalogue: people, lessons, covers and clips that make an empty marketplace look lived in."""
