"""What several node types stand on: choosing, comparing and rounding voxels, kernels, grids, ranges."""
