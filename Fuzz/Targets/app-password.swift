@testable import LatchkeyCore

/// The reader of app passwords. One that is read has one normal form: what is shown of it reads as the same again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Secret(UnsafeRawBufferPointer(start: start, count: count))
    guard case .appPassword(let read) = AppPasswordSecret.read(input) else { return 0 }
    guard case .appPassword(let again) = AppPasswordSecret.read(read.display), again.normalised == read.normalised,
        again.format == read.format
    else { fatalError("what is shown does not read as the same") }
    return 0
}
