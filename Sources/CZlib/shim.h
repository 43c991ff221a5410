// zlib's checksum of ZIP files.
#pragma once
#include <zlib.h>
