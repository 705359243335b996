extension Migration {
    /// Groups, who belongs to them, and which servers may read the directory.
    ///
    /// `account.group_names` repeats what `membership` says, as one text in the order of the names: a verdict and a page of
    /// people have it with the account's own row, at no statement more. `SQLGroups` alone writes both, in one transaction.
    static let groups = Migration(
        "0003_groups",
        [
            // `group` is a word of SQL itself.
            """
            CREATE TABLE account_group (
                name TEXT PRIMARY KEY NOT NULL,
                id BLOB NOT NULL UNIQUE,
                description TEXT NOT NULL,
                created INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE membership (
                account_group BLOB NOT NULL REFERENCES account_group (id) ON DELETE CASCADE,
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                PRIMARY KEY (account_group, account)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX membership_account ON membership (account)",
            "ALTER TABLE account ADD COLUMN group_names TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE relying_service ADD COLUMN may_read_directory INTEGER NOT NULL DEFAULT 0",
        ])
}
