"""The door for JupyterLab: an extension of Jupyter Server that gives the user's verbs over HTTP.

``app`` is the extension, ``routes`` lists what there is, ``schema`` says what goes in and comes out,
``endpoint`` lets in whom Jupyter Server lets in. The verbs themselves are those of ``nbflow.service``.
"""
