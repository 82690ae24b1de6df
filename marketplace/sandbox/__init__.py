"""Stand-ins for the vendors: Stripe, Supabase Auth and Storage, Vimeo and a mailbox.

They speak the vendors' HTTP protocols, so the official SDKs talk to them unchanged. Mounted under
``/sandbox`` for vendors without keys, never otherwise. State lives in the ``sandbox`` schema of the
database (several workers may serve it) and files under ``.data/sandbox``.
"""
