/// The dependency rule, as data: a folder of `Sources` and what its files may import. Arrows point inwards, so a door names no store and
/// no other door, a store names no door, and the core names Crypto alone.
///
/// Foundation is only where it is listed: the core does without it.
let allowedImports: [String: Set<String>] = [
    "CArgon2": [],
    "CQRencode": [],
    "CSQLiteMemory": [],
    "CZxcvbn": [],
    "LatchkeyCore": ["Crypto", "Glibc", "Musl"],
    "TOTP": ["Crypto"],
    "WebAuthn": ["Crypto", "CryptoExtras", "Foundation", "SwiftASN1", "X509"],
    "OIDCClient": ["AsyncHTTPClient", "Crypto", "CryptoExtras", "Logging", "NIOCore", "NIOHTTP1"],
    "Keyring": ["LatchkeyCore", "CArgon2", "CZxcvbn", "Crypto", "Foundation", "Glibc", "Musl"],
    "Accounts": ["LatchkeyCore", "Keyring", "OIDCClient", "TOTP", "WebAuthn", "Crypto", "Foundation"],
    "Storage": [
        "LatchkeyCore", "Keyring", "Accounts", "OIDCClient", "WebAuthn", "CSQLiteMemory", "Crypto", "Foundation",
        "GRDB",
        "GRDBSQLite",
    ],
    "SASL": ["LatchkeyCore", "Glibc", "Musl"],
    "DoorKit": [
        "LatchkeyCore", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Logging", "ServiceLifecycle", "Glibc", "Musl",
    ],
    "DovecotDoor": ["LatchkeyCore", "SASL", "DoorKit", "NIOCore", "Logging", "Glibc", "Musl"],
    "SaslauthdDoor": ["LatchkeyCore", "SASL", "DoorKit", "NIOCore", "Logging", "Glibc", "Musl"],
    "HTTPDoor": ["LatchkeyCore", "DoorKit", "Foundation", "NIOCore", "NIOHTTP1", "Logging"],
    "LDAPDoor": ["LatchkeyCore", "SASL", "DoorKit", "NIOCore", "Logging", "Glibc", "Musl"],
    "RADIUSDoor": ["LatchkeyCore", "DoorKit", "Crypto", "NIOCore", "Logging", "Glibc", "Musl"],
    "Portal": [
        "LatchkeyCore", "Accounts", "OIDCClient", "WebAuthn", "CQRencode", "Crypto", "Foundation", "HTTPTypes",
        "Hummingbird",
        "Logging",
        "Mustache",
        "NIOCore", "ServiceLifecycle",
    ],
    "Notifications": [
        "LatchkeyCore", "AsyncHTTPClient", "Crypto", "Foundation", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix",
        "NIOSSL",
    ],
    "Settings": ["LatchkeyCore", "Foundation", "Yams"],
    "LatchkeyTesting": ["LatchkeyCore", "Keyring", "Accounts", "Storage", "Foundation"],
    "DoorTesting": ["LatchkeyCore", "DoorKit", "NIOCore", "NIOPosix", "Logging"],
    // Only these two see everything.
    "latchkey": [
        "LatchkeyCore", "Keyring", "TOTP", "Accounts", "Storage", "DoorKit", "DovecotDoor", "HTTPDoor", "LDAPDoor",
        "OIDCClient", "RADIUSDoor", "SaslauthdDoor", "Portal", "Notifications", "Settings", "ArgumentParser", "Crypto",
        "Foundation", "Glibc",
        "Logging",
        "NIOCore", "NIOPosix", "ServiceLifecycle", "UnixSignals",
    ],
    "latchkey-bench": [
        "LatchkeyCore", "Storage", "DoorKit", "DovecotDoor", "HTTPDoor", "LDAPDoor", "RADIUSDoor", "SaslauthdDoor",
        "ArgumentParser", "Crypto", "Foundation", "Glibc", "Logging", "NIOCore", "NIOPosix", "ServiceLifecycle",
    ],
]

/// The language's own, which every room may import.
let languageModules: Set<String> = ["Swift", "Synchronization"]
