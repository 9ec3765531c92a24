"""Official sources, one small file each: who publishes, where the listings are, how the pages are read.

`source.py` says what a source is, `registry.py` lists them, `reading.py` runs their parsers in a child process,
`shapes/` holds the parsers: a shape is one way of building pages that several sites may share.
"""
