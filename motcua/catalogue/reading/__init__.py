"""Reading catalogues and processes: from the files others keep to drafts of ours, and findings for the rest.

`files` opens and streams, `crawl` and `channels` and `tables` read the national portal's pages, `national` the
records of the national database, `sample` our own YAML, `steps` the tables of internal processes. Nothing here
knows the database. Whatever cannot be read is kept as it was written and becomes a finding; nothing is guessed.
"""
