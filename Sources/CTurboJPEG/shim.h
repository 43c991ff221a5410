// libjpeg-turbo compresses the pictures that browsers see.
#pragma once
#include <turbojpeg.h>
