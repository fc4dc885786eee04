"""The embedded engine: each step runs in a fresh process on this machine, with nothing to install."""
