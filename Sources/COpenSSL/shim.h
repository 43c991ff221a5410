// OpenSSL's libcrypto computes checksums.
#pragma once
#include <openssl/evp.h>
