import LatchkeyCore

@testable import SASL

/// SASL exchanges: the first octet chooses the mechanism and whether there is an initial response, LF separates responses; and
/// base64, of which each value has one text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    if let decoded = Base64.withDecoded(input, { Array($0) }), Base64.encode(decoded) != Array(input) {
        fatalError("base64 has two texts for a value")
    }
    guard Base64.withDecoded(Base64.encode(Array(input)), { $0.elementsEqual(input) }) == true else {
        fatalError("base64 does not decode what it encodes")
    }
    guard let choice = input.first else { return 0 }
    var exchange = ServerExchange(choice & 1 == 0 ? .plain : .login)
    var responses = input.dropFirst().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    var step =
        choice & 2 == 0
        ? exchange.begin(initialResponse: nil)
        : exchange.begin(initialResponse: responses.popFirst().map { UnsafeRawBufferPointer(rebasing: $0) })
    while case .challenge = step, let response = responses.popFirst() {
        step = exchange.step(UnsafeRawBufferPointer(rebasing: response))
    }
    if case .finished(let authcid, let secret) = step {
        guard !secret.isEmpty, secret.count <= Attempt.maximumSecretLength,
            (1...Attempt.maximumAuthcidLength).contains(authcid.utf8.count), authcid.utf8.allSatisfy({ $0 >= 0x20 })
        else { fatalError("an attempt beyond its limits") }
    }
    return 0
}

extension Base64 {
    fileprivate static func withDecoded<R>(_ text: [UInt8], _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        text.withUnsafeBytes { withDecoded($0, body) }
    }
}
