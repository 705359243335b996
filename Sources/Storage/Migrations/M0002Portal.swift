extension Migration {
    /// How people sign in to the portal. Every secret is here as a hash, or sealed under a key that is not in the database.
    static let portal = Migration(
        "0002_portal",
        [
            """
            CREATE TABLE portal_password (
                account BLOB PRIMARY KEY NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                hash TEXT NOT NULL,
                created INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            // At most one that is in use and one that waits for its first code, in the session it was shown to.
            """
            CREATE TABLE totp (
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                state TEXT NOT NULL CHECK (state IN ('active', 'pending')),
                sealed BLOB NOT NULL,
                since INTEGER NOT NULL,
                last_step INTEGER,
                last_use INTEGER,
                session BLOB,
                PRIMARY KEY (account, state)
            ) WITHOUT ROWID
            """,
            // A used one stays until new ones are made, so that its second use can be explained.
            """
            CREATE TABLE recovery_code (
                tag BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                used INTEGER
            ) WITHOUT ROWID
            """,
            "CREATE INDEX recovery_code_account ON recovery_code (account)",
            """
            CREATE TABLE session (
                token_hash BLOB PRIMARY KEY NOT NULL,
                id BLOB NOT NULL UNIQUE,
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                stage TEXT NOT NULL,
                created INTEGER NOT NULL,
                last_seen INTEGER NOT NULL,
                strong_at INTEGER,
                address TEXT,
                agent TEXT
            ) WITHOUT ROWID
            """,
            "CREATE INDEX session_account ON session (account)",
            "CREATE INDEX session_created ON session (created)",
            // Without an account it makes the first administrator.
            """
            CREATE TABLE setup_link (
                token_hash BLOB PRIMARY KEY NOT NULL,
                account BLOB REFERENCES account (id) ON DELETE CASCADE,
                expires INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX setup_link_account ON setup_link (account)",
        ])
}
