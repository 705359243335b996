extension Migration {
    /// What is told to those who remember verdicts. The audit log is the truth; here is how to find the few events in it that
    /// matter, what they do not say themselves, and who has been told how much.
    static let notice = Migration(
        "0004_notice",
        [
            // The events that took access away and have not been told to everybody yet.
            "CREATE TABLE revocation (seq INTEGER PRIMARY KEY NOT NULL)",
            // A name that led to an account until the event of this number: peers may remember it longer than `login_name` does.
            """
            CREATE TABLE former_name (
                account BLOB NOT NULL,
                seq INTEGER NOT NULL,
                name TEXT NOT NULL,
                is_login INTEGER NOT NULL,
                PRIMARY KEY (account, seq, name)
            ) WITHOUT ROWID
            """,
            "CREATE TABLE notice_position (reader TEXT PRIMARY KEY NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID",
        ])
}
