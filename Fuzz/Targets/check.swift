import LatchkeyCore

@testable import CheckInput

/// What `latchkey check` reads from the programs that ask, both ways.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let octets = UnsafeRawBufferPointer(start: start, count: count)
    if let input = try? CheckpasswordInput(octets) {
        let isThere = input.secret.withBytes { secret in
            var expected = Array(octets.drop { $0 != 0 }.dropFirst().prefix { $0 != 0 })
            return expected.withUnsafeMutableBytes { $0.elementsEqual(secret) }
        }
        guard isThere, octets.count <= CheckpasswordInput.maximumLength else { fatalError("another secret than was given") }
    }
    if let input = try? PAMInput(octets) {
        guard input.secret.withBytes({ octets.starts(with: $0) && !$0.contains(0) }),
            octets.count - input.secret.count <= 2
        else { fatalError("another secret than was given") }
    }
    return 0
}
