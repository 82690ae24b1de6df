"""Invoices and credit notes as people see them: one content, drawn as a web page and as a PDF."""
