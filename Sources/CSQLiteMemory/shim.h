#include <sqlite3.h>

/// `sqlite3_config` is variadic, which Swift cannot call. Only before SQLite is first used in the process.
static inline int latchkey_sqlite_stop_counting_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
