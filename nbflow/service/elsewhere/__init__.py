"""Runs on engines elsewhere: sent, watched, looked up again, stopped and taken up again."""
