extension Migration {
    /// Identities at OpenID Providers, authorizations that wait for their answer, and which sessions came from there.
    static let oidc = Migration(
        "0009_oidc",
        [
            """
            CREATE TABLE oidc_identity (
                issuer TEXT NOT NULL,
                subject TEXT NOT NULL,
                id BLOB NOT NULL UNIQUE,
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                email TEXT,
                added INTEGER NOT NULL,
                last_use INTEGER,
                PRIMARY KEY (issuer, subject)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX oidc_identity_account ON oidc_identity (account)",
            // What was asked, of whom and for which session is in what is sealed.
            """
            CREATE TABLE oidc_pending (
                state_hash BLOB PRIMARY KEY NOT NULL,
                browser_hash BLOB NOT NULL,
                sealed BLOB NOT NULL,
                created INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX oidc_pending_created ON oidc_pending (created)",
            // Written in the transaction of its session, before it.
            """
            CREATE TABLE oidc_session (
                session BLOB PRIMARY KEY NOT NULL
                    REFERENCES session (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
                issuer TEXT NOT NULL,
                subject TEXT NOT NULL,
                sid TEXT,
                sealed_token BLOB
            ) WITHOUT ROWID
            """,
            "CREATE INDEX oidc_session_subject ON oidc_session (issuer, subject)",
            "CREATE INDEX oidc_session_sid ON oidc_session (issuer, sid)",
        ])
}
