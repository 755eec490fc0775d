"""Files of strangers are read in a process of their own: no memory, time, network or files to take.

`layers.sandbox.reading.read_in_sandbox` is the way in. Nothing is imported here: the child must be
confined before it loads a single library.
"""
