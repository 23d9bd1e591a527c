"""Contracts (Plug & Charge) in the API: the roots below which their certificates count, and how certificates were judged."""
