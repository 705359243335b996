import Keyring
import LatchkeyCore

/// A TOTP secret as it lies in the database: it opens for its account alone.
enum SealedTOTP {
    static func seal(_ key: [UInt8], of account: AccountID, with keyring: Keyring) throws -> [UInt8] {
        try keyring.seal(Secret(key), context: context(account))
    }

    static func open(_ sealed: [UInt8], of account: AccountID, with keyring: Keyring) throws -> [UInt8] {
        try keyring.open(sealed, context: context(account)).withBytes { Array($0) }
    }

    private static func context(_ account: AccountID) -> String { "totp:\(account)" }
}
