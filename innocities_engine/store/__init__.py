"""What is kept: tables, transactions, the record and its chain, files, and what waits to be sent."""
