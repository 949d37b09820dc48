"""What a person calls: a module a command, with `parser()` and `main(arguments)`; help needs no Spark."""
