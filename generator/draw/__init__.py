"""Arrays into pixels and SVG: tiles, grids, sprite sheets, strips of drawings, heat maps, plots."""
