"""What a person calls: arguments, messages, exit status."""
