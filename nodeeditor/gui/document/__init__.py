"""The edited network: NodeGraphQt's graph, its meeting with `Network`, files, edits, the journal."""
