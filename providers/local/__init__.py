"""The offline animator: a provider that needs no key and no network, only this machine."""
