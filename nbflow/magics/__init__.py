"""nbflow inside a notebook: ``%load_ext nbflow``. This package alone knows the shell of IPython."""
