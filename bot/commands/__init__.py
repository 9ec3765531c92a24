"""The commands of the `satark` program, one file each."""
