"""What differs between two networks: their meanings compared, renamed nodes recognised, told in sentences."""

from nodeeditor.diff.sentences import Difference, differences

__all__ = ["Difference", "differences"]
