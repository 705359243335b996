extension Migration {
    /// Where sign-ins through providers were begun, which logout tokens were used, and forms whose senders are away to confirm.
    static let signOn = Migration(
        "0012_sign_on",
        [
            "ALTER TABLE oidc_pending ADD COLUMN network TEXT",
            "CREATE INDEX oidc_pending_network ON oidc_pending (network, created)",
            """
            CREATE TABLE oidc_logout (
                notice_hash BLOB PRIMARY KEY NOT NULL,
                useless INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX oidc_logout_useless ON oidc_logout (useless)",
            """
            CREATE TABLE kept_form (
                id_hash BLOB PRIMARY KEY NOT NULL,
                session BLOB NOT NULL REFERENCES session (id) ON DELETE CASCADE,
                sealed BLOB NOT NULL,
                created INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX kept_form_session ON kept_form (session, created)",
            "CREATE INDEX kept_form_created ON kept_form (created)",
        ])
}
