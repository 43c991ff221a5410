// libcurl fetches models, and posts events. curl_easy_setopt and curl_easy_getinfo are variadic: here they are once for each kind of value.
#pragma once
#include <curl/curl.h>
#include <sys/socket.h>

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

/// Before each connection, with the address of the other end: the server's, or a proxy's.
static inline CURLcode shim_curl_set_opener(CURL *handle, curl_opensocket_callback open) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open);
}

/// An IPv6 address is larger than the struct says.
static inline const struct sockaddr *shim_curl_address(const struct curl_sockaddr *address) { return &address->addr; }

/// As libcurl opens a socket itself.
static inline curl_socket_t shim_curl_open(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static const curl_socket_t shim_curl_no_socket = CURL_SOCKET_BAD;

/// The host of a redirect, as libcurl itself reads it, which takes more than other readers do ("http:/host"). To be freed by
/// curl_free; NULL: there is none.
///
/// - address: what `location` may be relative to; by itself, where `location` is NULL.
static inline char *shim_curl_host(const char *address, const char *location) {
    const unsigned flags = CURLU_URLENCODE | CURLU_ALLOW_SPACE;
    CURLU *url = curl_url();
    char *host = NULL;
    if (url && !curl_url_set(url, CURLUPART_URL, address, flags)
        && (!location || !curl_url_set(url, CURLUPART_URL, location, flags)))
        curl_url_get(url, CURLUPART_HOST, &host, 0);
    curl_url_cleanup(url);
    return host;
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

/// The answer's HTTP status; 0: there is none.
static inline long shim_curl_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
