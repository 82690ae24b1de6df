"""Names of our cookies."""

SESSION = "market_session"
FLOW = "market_flow"
