"""Reflex state, per capability: parse, authorise, call one service, set vars."""
