"""What is kept: tables, transactions, the record and its chain, files, and letters to send."""
