extension Migration {
    /// Mailboxes that one-time codes are mailed to, and the codes on their way.
    static let codesByMail = Migration(
        "0010_codes_by_mail",
        [
            """
            CREATE TABLE code_mailbox (
                account BLOB PRIMARY KEY NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                address TEXT NOT NULL,
                since INTEGER NOT NULL,
                last_use INTEGER
            ) WITHOUT ROWID
            """,
            // A used one stays as long as its session, so that its second use can be explained.
            """
            CREATE TABLE mailed_code (
                session BLOB NOT NULL REFERENCES session (id) ON DELETE CASCADE,
                tag BLOB NOT NULL,
                address TEXT NOT NULL,
                sent INTEGER NOT NULL,
                used INTEGER,
                PRIMARY KEY (session, tag)
            ) WITHOUT ROWID
            """,
        ])
}
