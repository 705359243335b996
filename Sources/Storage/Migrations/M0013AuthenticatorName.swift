extension Migration {
    /// What people call their authenticator app.
    static let authenticatorName = Migration(
        "0013_authenticator_name", ["ALTER TABLE totp ADD COLUMN name TEXT"])
}
