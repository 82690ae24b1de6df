"""Invoices and credit notes: numbered without gaps, never changed; and whose names stand on them."""
