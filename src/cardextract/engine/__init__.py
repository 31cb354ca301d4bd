"""What the batch is made of: what to read, child processes that read it, the cache, and the output files."""
