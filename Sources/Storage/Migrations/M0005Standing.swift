extension Migration {
    /// Tells whether a row that a verdict has read before still says the same.
    ///
    /// `standing.version` rises with every change in a table that verdicts read, whoever makes it and from whatever process; who reads it in the
    /// same transaction as everything else knows what may be remembered. With inserts too, as `INSERT OR REPLACE` replaces unseen.
    static let standing = Migration(
        "0005_standing",
        [
            "CREATE TABLE standing (one INTEGER PRIMARY KEY NOT NULL, version INTEGER NOT NULL)",
            "INSERT INTO standing (one, version) VALUES (1, 1)",
        ]
            + ["login_name", "account", "app_password"].flatMap { table in
                ["INSERT", "UPDATE", "DELETE"].map { change in
                    """
                    CREATE TRIGGER \(table)_\(change.lowercased()) AFTER \(change) ON \(table)
                    BEGIN UPDATE standing SET version = version + 1 WHERE one = 1; END
                    """
                }
            })
}
