// libmosquitto talks to MQTT brokers.
#pragma once
#include <mosquitto.h>

/// Of a key that has a password: nobody is asked for it at a terminal.
static inline int shim_mosquitto_no_password(char *buffer, int size, int is_writing, void *client) {
    (void)size, (void)is_writing, (void)client;
    buffer[0] = 0;
    return 0;
}

static inline int shim_mosquitto_tls_set(
    struct mosquitto *client, const char *ca_file, const char *certificate, const char *key) {
    int code = mosquitto_tls_set(
        client, ca_file, ca_file ? NULL : "/etc/ssl/certs", certificate, key, shim_mosquitto_no_password);
    return code || ca_file ? code : mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
}
