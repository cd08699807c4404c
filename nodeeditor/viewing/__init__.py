"""What viewer nodes are made of: panes, planes, window and level, overlays; the same with and without a screen."""
