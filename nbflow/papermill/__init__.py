"""The door for papermill: notebooks that papermill has parameterized run as pipelines.

papermill alone imports it, through the entry point ``papermill.engine``.
"""
