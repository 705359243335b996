import Keyring
import LatchkeyCore
import TOTP

extension SecondFactors.SealedTOTP {
    /// A pending secret. It opens for this account alone.
    init(key: [UInt8], of account: AccountID, sealedBy keyring: Keyring, at time: Timestamp) throws {
        self.init(sealed: try keyring.seal(Secret(key), context: Self.context(account)), since: time)
    }

    func open(with keyring: Keyring, of account: AccountID) throws -> TOTP {
        try key(with: keyring, of: account).withBytes { TOTP(key: $0) }
    }

    func key(with keyring: Keyring, of account: AccountID) throws -> Secret {
        try keyring.open(sealed, context: Self.context(account))
    }

    private static func context(_ account: AccountID) -> String { "totp:\(account)" }
}
