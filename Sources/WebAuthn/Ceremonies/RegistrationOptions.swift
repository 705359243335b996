/// What a browser is asked for to make a new credential (L3 §5.4).
public struct RegistrationOptions: Hashable, Sendable {
    /// The account that the credential will be for (L3 §5.4.3).
    public struct User: Hashable, Sendable {
        public let handle: UserHandle
        /// Tells accounts apart: `alice@example.com`.
        public let name: String
        /// The person's name; may be empty.
        public let displayName: String

        public init(handle: UserHandle, name: String, displayName: String) {
            self.handle = handle
            self.name = name
            self.displayName = displayName
        }
    }

    /// Whether the authenticator shall remember the account, so that nobody has to type a name (L3 §5.4.6).
    public enum ResidentKey: String, Hashable, Sendable {
        case required, preferred, discouraged
    }

    /// Whether it shall be one built into the device, or one that can be carried about (L3 §5.4.5).
    public enum Attachment: String, Hashable, Sendable {
        case platform
        case crossPlatform = "cross-platform"
    }

    /// Whether the authenticator shall tell what it is (L3 §5.4.7). Asked for `direct`, browsers warn people.
    public enum AttestationConveyance: String, Hashable, Sendable {
        case none, indirect, direct
    }

    public let relyingPartyID: String
    public let relyingPartyName: String
    public let user: User
    public let challenge: Challenge
    public let algorithms: [COSEAlgorithm]
    /// The account's credentials: no authenticator gets a second one.
    public var exclude: [CredentialDescriptor] = []
    public var residentKey = ResidentKey.required
    public var userVerification = UserVerification.required
    /// Nil for either.
    public var attachment: Attachment?
    public var attestation = AttestationConveyance.none
    public var timeout = Duration.seconds(300)

    /// UTF-8, in the form of `PublicKeyCredentialCreationOptionsJSON` (L3 §5.1.9): what
    /// `PublicKeyCredential.parseCreationOptionsFromJSON` reads.
    public var json: [UInt8] {
        var selection = [
            JSON.Member("residentKey", .text(residentKey.rawValue)),
            // For browsers that know only Level 1.
            JSON.Member("requireResidentKey", .bool(residentKey == .required)),
            JSON.Member("userVerification", .text(userVerification.rawValue)),
        ]
        if let attachment { selection.append(JSON.Member("authenticatorAttachment", .text(attachment.rawValue))) }
        let options = JSON.object([
            JSON.Member(
                "rp",
                .object([
                    JSON.Member("id", .text(relyingPartyID)), JSON.Member("name", .text(relyingPartyName)),
                ])),
            JSON.Member(
                "user",
                .object([
                    JSON.Member("id", .text(Base64URL.encode(user.handle.octets))),
                    JSON.Member("name", .text(user.name)),
                    JSON.Member("displayName", .text(user.displayName)),
                ])),
            JSON.Member("challenge", .text(Base64URL.encode(challenge.octets))),
            JSON.Member(
                "pubKeyCredParams",
                .array(
                    algorithms.map {
                        .object([
                            JSON.Member("type", .text("public-key")), JSON.Member("alg", .number($0.rawValue)),
                        ])
                    })),
            JSON.Member("timeout", .number(timeout.wholeMilliseconds)),
            JSON.Member("excludeCredentials", .array(exclude.map(\.json))),
            JSON.Member("authenticatorSelection", .object(selection)),
            JSON.Member("attestation", .text(attestation.rawValue)),
            // Tells whether the credential is discoverable (L3 §10.1.3).
            JSON.Member("extensions", .object([JSON.Member("credProps", .bool(true))])),
        ])
        return options.octets
    }
}

extension RelyingParty {
    /// What to ask a browser for (L3 §7.1 step 1); the rest of it has defaults to change.
    public func registrationOptions(user: RegistrationOptions.User, challenge: Challenge) -> RegistrationOptions {
        RegistrationOptions(
            relyingPartyID: id, relyingPartyName: name, user: user, challenge: challenge, algorithms: algorithms)
    }
}

extension Duration {
    /// Nil for what no `Int` can count.
    var wholeMilliseconds: Int? { Int(exactly: (self / .milliseconds(1)).rounded()) }
}
