"""One network over many studies: found or listed, done on several processes, told in a table and in records."""
