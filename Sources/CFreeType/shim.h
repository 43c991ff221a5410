// FreeType draws the labels, Fontconfig finds the font. FT_LOAD_* that are computed macros are given again as constants.
#pragma once
#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_STROKER_H
#include FT_GLYPH_H
