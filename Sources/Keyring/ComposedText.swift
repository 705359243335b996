public import LatchkeyCore
@_spi(_Unicode) import Swift

extension Secret {
    /// The secret in Unicode normalisation form C; itself if it is not UTF-8. Copies made on the way are not wiped.
    public var composed: Secret {
        guard let text = reveal() else { return self }
        var composed = String.UnicodeScalarView()
        composed.append(contentsOf: text._nfc)
        return Secret(String(composed))
    }
}
