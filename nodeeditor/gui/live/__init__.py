"""Documents that are worked out while they are edited: what joins document, session and what shows the answers."""
