"""The windows of viewers: they paint the pictures they are given and turn mouse and keys into field edits."""
