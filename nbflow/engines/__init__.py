"""What runs a pipeline. All IO with engines happens here."""
