extension Migration {
    /// Passkeys and security keys, and what somebody showed to sign in.
    static let webAuthn = Migration(
        "0006_webauthn",
        [
            // What authenticators know an account by: random, so that it tells them nothing.
            """
            CREATE TABLE webauthn_user (
                account BLOB PRIMARY KEY NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                handle BLOB NOT NULL UNIQUE
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE webauthn_credential (
                credential BLOB PRIMARY KEY NOT NULL,
                id BLOB NOT NULL UNIQUE,
                account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                public_key BLOB NOT NULL,
                sign_count INTEGER NOT NULL,
                user_verified INTEGER NOT NULL,
                backup_eligible INTEGER NOT NULL,
                backed_up INTEGER NOT NULL,
                transports TEXT NOT NULL,
                aaguid BLOB NOT NULL,
                attestation TEXT NOT NULL,
                created INTEGER NOT NULL,
                last_use INTEGER
            ) WITHOUT ROWID
            """,
            "CREATE INDEX webauthn_credential_account ON webauthn_credential (account)",
            // Challenges that were answered, for as long as they could be answered again.
            "CREATE TABLE spent_challenge (challenge BLOB PRIMARY KEY NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID",
            "ALTER TABLE session ADD COLUMN methods TEXT NOT NULL DEFAULT ''",
        ])
}
