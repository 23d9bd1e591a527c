"""Tenants: who shares the deployment, their quotas and what they use of them."""
