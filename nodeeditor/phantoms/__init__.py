"""The voxels of the built-in images: a head seen by T1 and T2 magnetic resonance, and a knee seen by CT.

Everything is modelled by signed distances in millimetres (negative inside), painted one tissue over the other
with edges about one voxel soft. Only operations that IEEE 754 rounds exactly (+, -, *, /, square root,
comparisons) and raw integers of PCG64 are used, so every machine and numpy version makes the same voxels.
"""

from nodeeditor.phantoms.head import head_phantom
from nodeeditor.phantoms.knee import knee_phantom

__all__ = ["head_phantom", "knee_phantom"]
