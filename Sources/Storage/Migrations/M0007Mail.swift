extension Migration {
    /// What is told to the owners of accounts by mail: who wants not to be told what, how far the audit log has been read for it, what was seen
    /// before, and what waits to be sent.
    static let mail = Migration(
        "0007_mail",
        [
            // Every alert that is not here is wanted.
            """
            CREATE TABLE alert_off (
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                kind TEXT NOT NULL,
                PRIMARY KEY (account, kind)
            ) WITHOUT ROWID
            """,
            // Empty until there is a server to send by.
            "CREATE TABLE alert_position (one INTEGER PRIMARY KEY NOT NULL, seq INTEGER NOT NULL)",
            // Where an app password was used from, with what and from where an account signed in to the portal, which expiry has been told.
            """
            CREATE TABLE alert_known (
                subject BLOB NOT NULL,
                place TEXT NOT NULL,
                since INTEGER NOT NULL,
                PRIMARY KEY (subject, place)
            ) WITHOUT ROWID
            """,
            // What is told by number, or once in a while.
            """
            CREATE TABLE alert_tally (
                subject BLOB NOT NULL,
                kind TEXT NOT NULL,
                since INTEGER NOT NULL,
                count INTEGER NOT NULL,
                told INTEGER,
                PRIMARY KEY (subject, kind)
            ) WITHOUT ROWID
            """,
            // The facts of each alert as they were: what it is about may be gone when it is sent.
            """
            CREATE TABLE alert (
                id BLOB PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL,
                recipient TEXT NOT NULL,
                login TEXT NOT NULL,
                time INTEGER NOT NULL,
                action TEXT,
                author TEXT NOT NULL,
                app_password BLOB,
                name TEXT,
                services TEXT NOT NULL,
                address TEXT,
                client TEXT,
                count INTEGER NOT NULL,
                expires INTEGER,
                queued INTEGER NOT NULL,
                due INTEGER NOT NULL,
                attempts INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX alert_due ON alert (due)",
            "CREATE INDEX app_password_expires ON app_password (expires)",
        ])
}
