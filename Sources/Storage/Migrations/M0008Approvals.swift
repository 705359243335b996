extension Migration {
    /// What owners say of the networks that their app passwords are used from. A verdict reads it, so a change raises the version of
    /// what is remembered (`0005_standing`).
    static let approvals = Migration(
        "0008_approvals",
        [
            // `since` is when it was asked, or decided; address, service and client are those of the sign-in that asked.
            """
            CREATE TABLE approval (
                app_password BLOB NOT NULL REFERENCES app_password (id) ON DELETE CASCADE,
                network TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'denied')),
                since INTEGER NOT NULL,
                address TEXT,
                service TEXT,
                client TEXT,
                PRIMARY KEY (app_password, network)
            ) WITHOUT ROWID
            """,
            // The last event whose network is known as used: those of sign-ins before the policy, or while it was off.
            "CREATE TABLE approval_position (one INTEGER PRIMARY KEY NOT NULL, seq INTEGER NOT NULL)",
            "INSERT INTO approval_position (one, seq) VALUES (1, 0)",
        ]
            + ["INSERT", "UPDATE", "DELETE"].map { change in
                """
                CREATE TRIGGER approval_\(change.lowercased()) AFTER \(change) ON approval
                BEGIN UPDATE standing SET version = version + 1 WHERE one = 1; END
                """
            })
}
