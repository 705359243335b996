extension Migration {
    /// Whether a provider said when somebody signed in there, by what it last said. Those of before are taken to have said it.
    static let tellsTime = Migration(
        "0014_tells_time", ["ALTER TABLE oidc_identity ADD COLUMN tells_time INTEGER NOT NULL DEFAULT 1"])
}
