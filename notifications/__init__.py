"""What people are told, in which words, by which way and when."""
