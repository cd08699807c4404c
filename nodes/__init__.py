"""The node types that come with nodeeditor, one module per subject, and one per viewer."""
