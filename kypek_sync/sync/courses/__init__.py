"""The courses of a pass: reading them, what of them is ours, what is unclear, and how they are changed."""
