"""What is known of an open network while it is edited, worked out on threads."""
