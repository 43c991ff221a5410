// OpenSSL's libcrypto computes checksums, and compares secrets.
#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
