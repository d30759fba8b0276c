"""The archive: the named tables as Parquet files with a manifest, for counting beside the live database (kho lưu).

`writing` brings it up to date, `manifest` says what it holds; `engines.duck` and `engines.spark` count on it.
"""
