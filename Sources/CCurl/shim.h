// libcurl fetches models. curl_easy_setopt and curl_easy_getinfo are variadic: here they are once for each kind of value.
#pragma once
#include <curl/curl.h>

static const long shim_curl_global_default = CURL_GLOBAL_DEFAULT;

static inline CURLcode shim_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode shim_curl_set_receiver(CURL *handle, CURLoption option, curl_write_callback receiver) {
    return curl_easy_setopt(handle, option, receiver);
}

static inline CURLcode shim_curl_set_progress(CURL *handle, curl_xferinfo_callback progress) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, progress);
}

/// Before each request, with the address of the other end.
static inline CURLcode shim_curl_set_prerequest(CURL *handle, curl_prereq_callback ask) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, ask);
}

/// How many redirects were followed.
static inline long shim_curl_redirects(CURL *handle) {
    long count = 0;
    curl_easy_getinfo(handle, CURLINFO_REDIRECT_COUNT, &count);
    return count;
}

/// How many seconds the server asks to wait (Retry-After); 0 if it does not.
static inline curl_off_t shim_curl_retry_after(CURL *handle) {
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return seconds;
}
