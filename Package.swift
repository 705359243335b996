// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is held to the same language rules.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// A room of the house: see docs/architecture.md for the map and Tests/StructureTests for the rule that holds it.
func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "latchkey",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "latchkey", targets: ["latchkey"]),
        .executable(name: "latchkey-bench", targets: ["latchkey-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CSQLiteMemory", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CQRencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZxcvbn", providers: [.apt(["libzxcvbn-dev"])]),

        room("LatchkeyCore", [crypto]),
        room("Keyring", ["LatchkeyCore", "CArgon2", "CZxcvbn", crypto]),
        room("TOTP", [crypto]),
        room("WebAuthn", [crypto, cryptoExtras, x509, asn1]),
        room("OIDCClient", [asyncHTTPClient, crypto, cryptoExtras, logging, nioCore, nioHTTP1]),
        room("Accounts", ["LatchkeyCore", "Keyring", "OIDCClient", "TOTP", "WebAuthn", crypto]),
        room(
            "Storage",
            [
                "LatchkeyCore", "Keyring", "Accounts", "OIDCClient", "WebAuthn", "CSQLiteMemory", grdb, grdbSQLite,
                crypto,
            ]),
        room("SASL", ["LatchkeyCore"]),
        room("DoorKit", ["LatchkeyCore", nioCore, nioPosix, nioTLS, nioSSL, logging, serviceLifecycle]),
        room("DovecotDoor", ["LatchkeyCore", "SASL", "DoorKit", nioCore, logging]),
        room("SaslauthdDoor", ["LatchkeyCore", "SASL", "DoorKit", nioCore, logging]),
        room("HTTPDoor", ["LatchkeyCore", "DoorKit", nioCore, nioHTTP1, logging]),
        room("LDAPDoor", ["LatchkeyCore", "SASL", "DoorKit", nioCore, logging]),
        room("RADIUSDoor", ["LatchkeyCore", "DoorKit", nioCore, logging, crypto]),
        room(
            "Portal",
            [
                "LatchkeyCore", "Accounts", "OIDCClient", "WebAuthn", "CQRencode", hummingbird, httpTypes, mustache,
                nioCore, logging,
                crypto,
                serviceLifecycle,
            ],
            resources: [.embedInCode("Templates"), .embedInCode("Assets")]),
        room(
            "Notifications",
            ["LatchkeyCore", asyncHTTPClient, crypto, logging, nioCore, nioPosix, nioHTTP1, nioSSL]),
        room("Settings", ["LatchkeyCore", yams]),
        .executableTarget(
            name: "latchkey",
            dependencies: [
                "LatchkeyCore", "Keyring", "TOTP", "Accounts", "Storage", "DoorKit", "DovecotDoor", "HTTPDoor",
                "LDAPDoor", "OIDCClient", "RADIUSDoor", "SaslauthdDoor", "Notifications", "Portal", "Settings",
                argumentParser, logging,
                nioCore, nioPosix, serviceLifecycle, unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "latchkey-bench",
            dependencies: [
                "LatchkeyCore", "Storage", "DoorKit", "DovecotDoor", "HTTPDoor", "LDAPDoor", "RADIUSDoor",
                "SaslauthdDoor", argumentParser, crypto, logging, nioCore, nioPosix, serviceLifecycle,
            ],
            swiftSettings: strict),

        room("LatchkeyTesting", ["LatchkeyCore", "Keyring", "Accounts", "Storage"]),
        room("DoorTesting", ["LatchkeyCore", "DoorKit", nioCore, nioPosix, logging]),
        tests("LatchkeyCoreTests", ["LatchkeyCore", "LatchkeyTesting", crypto]),
        tests(
            "PortalTests",
            [
                "Portal", "WebAuthn", "Accounts", "Keyring", "TOTP", "LatchkeyCore", "LatchkeyTesting", "Storage",
                hummingbird,
                httpTypes,
                mustache, nioCore, nioEmbedded, nioPosix, logging, crypto,
            ]),
        tests("StorageTests", ["LatchkeyCore", "LatchkeyTesting", "Accounts", "Storage", "Keyring", crypto, grdb]),
        tests(
            "DoorKitTests", ["LatchkeyCore", "LatchkeyTesting", "DoorKit", "DoorTesting", nioCore, nioPosix, nioSSL],
            resources: [.copy("Certificates")]),
        tests("CommandLineTests", ["latchkey", "LatchkeyCore", "LatchkeyTesting"]),
        tests(
            "NotificationsTests",
            [
                "LatchkeyCore", "LatchkeyTesting", "DoorKit", "Notifications", "Storage", crypto, logging, nioCore,
                nioPosix, nioSSL,
            ],
            resources: [.copy("Transcripts")]),
        tests("SettingsTests", ["Settings", "LatchkeyCore"]),
        tests(
            "DovecotDoorTests",
            [
                "LatchkeyCore", "LatchkeyTesting", "DoorKit", "DoorTesting", "DovecotDoor", nioCore, nioEmbedded,
                logging,
            ],
            resources: [.copy("Transcripts")]),
        tests(
            "SaslauthdDoorTests",
            ["LatchkeyCore", "LatchkeyTesting", "DoorKit", "DoorTesting", "SaslauthdDoor", logging],
            resources: [.copy("Transcripts")]),
        tests("SASLTests", ["LatchkeyCore", "LatchkeyTesting", "SASL"]),
        tests(
            "HTTPDoorTests",
            ["LatchkeyCore", "LatchkeyTesting", "DoorKit", "DoorTesting", "HTTPDoor", nioCore, nioEmbedded, logging],
            resources: [.copy("Transcripts")]),
        tests(
            "LDAPDoorTests",
            [
                "LatchkeyCore", "LatchkeyTesting", "DoorKit", "DoorTesting", "LDAPDoor", nioCore, nioEmbedded, nioSSL,
                logging,
            ],
            resources: [.copy("Certificates")]),
        tests(
            "RADIUSDoorTests",
            [
                "LatchkeyCore", "LatchkeyTesting", "DoorKit", "DoorTesting", "RADIUSDoor", nioCore, nioPosix,
                nioEmbedded, nioSSL, logging, crypto,
            ],
            resources: [.copy("Certificates")]),
        tests("KeyringTests", ["LatchkeyCore", "Keyring", "LatchkeyTesting"]),
        tests("TOTPTests", ["TOTP", "LatchkeyTesting", crypto], resources: [.copy("Vectors/totp-rfc6238.json")]),
        tests(
            "WebAuthnTests", ["WebAuthn", "LatchkeyTesting", crypto, cryptoExtras, x509, asn1],
            resources: [.copy("Vectors")]),
        tests(
            "OIDCClientTests",
            ["OIDCClient", "LatchkeyTesting", crypto, cryptoExtras, logging, nioCore, nioPosix],
            resources: [.copy("Vectors/pyjwt.json")]),
        tests(
            "AccountsTests",
            [
                "LatchkeyCore", "Keyring", "TOTP", "WebAuthn", "Accounts", "OIDCClient", "Storage", "LatchkeyTesting",
                crypto,
            ]),
        tests("StructureTests", []),
    ]
)
