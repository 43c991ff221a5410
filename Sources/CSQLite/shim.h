// SQLite, with the calls that Swift cannot import: their last argument is a cast of -1, or they are variadic.
#pragma once
#include <sqlite3.h>

/// Binds a copy of a text in UTF-8.
static inline int shim_bind_text(sqlite3_stmt *statement, int place, const char *text, int bytes) {
    return sqlite3_bind_text(statement, place, text, bytes, SQLITE_TRANSIENT);
}

/// Binds a copy of bytes; none are an empty blob, not NULL.
static inline int shim_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, int count) {
    return count > 0 ? sqlite3_bind_blob(statement, place, bytes, count, SQLITE_TRANSIENT)
                     : sqlite3_bind_zeroblob(statement, place, 0);
}

/// A file from elsewhere may hold triggers and views that do more than they seem to: nothing of it is trusted.
static inline int shim_distrust_schema(sqlite3 *database) {
    int code = sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    if (code == SQLITE_OK) code = sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
    return code == SQLITE_OK ? sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0) : code;
}
