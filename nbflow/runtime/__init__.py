"""What runs inside a step, in the user's own interpreter.

Imports the standard library, IPython and cloudpickle alone, and nothing else of nbflow: it travels to
wherever a step runs.
"""
