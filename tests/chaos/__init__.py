"""The kill test: a daemon that dies hundreds of times must leave what one that never died leaves (`make chaos`)."""
