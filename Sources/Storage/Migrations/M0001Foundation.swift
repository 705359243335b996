extension Migration {
    /// Accounts, app passwords, relying services and the audit log.
    ///
    /// Times are microseconds since 1970, ids sixteen octets (UUIDv7). What a verdict reads, `login_name`, `account` and
    /// `app_password`, holds nothing that a sign-in changes: last use and the index of events by account are derived from `audit_event`,
    /// which alone is written with each sign-in, at its end.
    static let foundation = Migration(
        "0001_foundation",
        [
            """
            CREATE TABLE account (
                id BLOB PRIMARY KEY NOT NULL,
                login TEXT NOT NULL,
                name TEXT NOT NULL,
                roles TEXT NOT NULL,
                created INTEGER NOT NULL,
                disabled INTEGER
            ) WITHOUT ROWID
            """,
            // The login name and every alias, so that no name leads to two accounts.
            """
            CREATE TABLE login_name (
                name TEXT PRIMARY KEY NOT NULL,
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE
            ) WITHOUT ROWID
            """,
            "CREATE INDEX login_name_account ON login_name (account)",
            // An ended app password stays: its tag is how an old secret is recognised and explained.
            """
            CREATE TABLE app_password (
                verifier BLOB PRIMARY KEY NOT NULL,
                key_id INTEGER NOT NULL,
                id BLOB NOT NULL UNIQUE,
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                application TEXT NOT NULL,
                services TEXT NOT NULL,
                networks TEXT NOT NULL,
                format TEXT NOT NULL,
                created INTEGER NOT NULL,
                expires INTEGER,
                ended INTEGER,
                end_cause TEXT,
                predecessor BLOB,
                successor BLOB
            ) WITHOUT ROWID
            """,
            "CREATE INDEX app_password_account ON app_password (account)",
            """
            CREATE TABLE last_use (
                app_password BLOB PRIMARY KEY NOT NULL REFERENCES app_password (id) ON DELETE CASCADE,
                seq INTEGER NOT NULL,
                time INTEGER NOT NULL,
                service TEXT NOT NULL,
                address TEXT,
                client TEXT
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE audit_event (
                seq INTEGER PRIMARY KEY NOT NULL,
                time INTEGER NOT NULL,
                action TEXT NOT NULL,
                actor TEXT NOT NULL,
                account BLOB,
                app_password BLOB,
                refusal TEXT,
                service TEXT,
                door TEXT,
                address TEXT,
                client TEXT,
                detail TEXT,
                hash BLOB NOT NULL
            )
            """,
            // Filled behind the log, up to the event that `digest` names.
            """
            CREATE TABLE account_event (
                account BLOB NOT NULL,
                seq INTEGER NOT NULL,
                PRIMARY KEY (account, seq)
            ) WITHOUT ROWID
            """,
            "CREATE TABLE digest (one INTEGER PRIMARY KEY NOT NULL, seq INTEGER NOT NULL)",
            "INSERT INTO digest (one, seq) VALUES (1, 0)",
            """
            CREATE TABLE relying_service (
                token_hash BLOB PRIMARY KEY NOT NULL,
                id BLOB NOT NULL UNIQUE,
                name TEXT NOT NULL,
                services TEXT NOT NULL,
                created INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
        ])
}
