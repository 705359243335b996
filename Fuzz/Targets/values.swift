@testable import LatchkeyCore

/// The texts that every door passes on: login names, services, addresses, networks, client names. Each has one form, which reads
/// as itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if let login = LoginName(text) {
        guard login.text.utf8.count <= LoginName.maximumLength else { fatalError("a login name is too long") }
        guard LoginName(login.text) == login else { fatalError("a folded login name folds to another") }
        guard login.text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { fatalError("a login name breaks a line") }
    }
    if let service = Service(text), Service(service.name) != service { fatalError("a service reads as another") }
    if let address = IPAddress(text), IPAddress(address.description) != address {
        fatalError("an address reads as another")
    }
    if let network = Network(text) {
        guard Network(network.description) == network else { fatalError("a network reads as another") }
        guard network.contains(network.base) else { fatalError("a network lacks its base") }
    }
    if let printable = Attempt.printable(text, limit: Attempt.maximumClientLength) {
        guard printable.utf8.count <= Attempt.maximumClientLength, !printable.utf8.contains(where: { $0 < 0x20 }) else {
            fatalError("a client's name breaks a line")
        }
    }
    return 0
}
