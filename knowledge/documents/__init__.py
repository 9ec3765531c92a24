"""Files and pages that people hand in, turned into plain text in a child process that may do nothing else."""
