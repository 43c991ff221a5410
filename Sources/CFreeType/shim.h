// FreeType draws the labels, Fontconfig finds the font. FT_LOAD_* that are computed macros are given again as constants.
#pragma once
#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_STROKER_H
#include FT_GLYPH_H

/// Glyphs as outlines, hinted vertically only, so that their spacing keeps its shape.
static const FT_Int32 shim_load_outline = FT_LOAD_NO_BITMAP | FT_LOAD_TARGET_LIGHT;

/// What FreeType says of an error, or NULL where it was built without its texts.
static inline const char *shim_freetype_error(FT_Error error) { return FT_Error_String(error); }
