// Pango shapes text and finds a font for each letter, cairo draws it, Fontconfig knows the fonts. What is given again here
// are GObject's casts, which are macros.
#pragma once
#include <fontconfig/fontconfig.h>
#include <fontconfig/fcfreetype.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

/// A map of the fonts of a configuration, which it keeps a reference to. To be freed with g_object_unref.
static inline PangoFontMap *shim_pango_font_map(FcConfig *config) {
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    if (map) pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
    return map;
}

static inline void shim_unref(void *object) { g_object_unref(object); }
