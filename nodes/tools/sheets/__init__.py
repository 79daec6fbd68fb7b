"""Table files: what a request says of columns, rows and groups, computed by DuckDB and drawn by matplotlib."""
