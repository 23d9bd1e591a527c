"""TLS: listeners, certificates, revocation, and what proxies say of the connections behind them."""
