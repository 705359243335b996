import LatchkeyCore

/// What a request's attributes say, as far as Latchkey reads them; the values are still in the packet.
struct RequestAttributes {
    /// How the client wants the user to be checked.
    enum Method: String, Sendable {
        case pap = "PAP"
        case chap = "CHAP"
        case msCHAP = "MS-CHAP"
        case eap = "EAP"
        case none = "no password"
    }

    /// A packet that has been through more proxies runs in a circle.
    static let maximumProxyStates = 16
    /// So that they fit into the reply, with its header, its Message-Authenticator and what an Access-Accept carries besides.
    static let maximumProxyStateLength = Packet.maximumLength - Reply.signedLength - ReplyAttributes.maximumLength

    private(set) var userName: Octets?
    private(set) var userPassword: Octets?
    private(set) var callingStationID: Octets?
    private(set) var nasIdentifier: Octets?
    /// Whole attributes with their headers, in the order of the request, as they go into the reply (RFC 2865 §5.33).
    private(set) var proxyStates: [UInt8] = []
    /// Where in the packet the sixteen octets are.
    private(set) var messageAuthenticatorPlace: Int?
    private var proxyStateCount = 0
    private var hasCHAP = false
    private var hasMSCHAP = false
    private var hasEAP = false

    init(_ packet: Packet) throws(DropReason) {
        try packet.forEachAttribute { (type, value, place) throws(DropReason) in
            switch AttributeType(rawValue: type) {
            case .userName: try Self.set(&userName, value)
            case .userPassword: try Self.set(&userPassword, value)
            case .callingStationID: try Self.set(&callingStationID, value)
            case .nasIdentifier: try Self.set(&nasIdentifier, value)
            case .proxyState: try addProxyState(packet.octets.octets(from: place - 2, to: place + value.count))
            case .messageAuthenticator:
                guard value.count == Authenticator.length else { throw .malformedAttribute }
                try Self.set(&messageAuthenticatorPlace, place)
            case .chapPassword: hasCHAP = true
            case .eapMessage: hasEAP = true
            case .vendorSpecific: if Self.isMSCHAP(value) { hasMSCHAP = true }
            default: break
            }
        }
    }

    var method: Method {
        if hasEAP {
            .eap
        } else if hasMSCHAP {
            .msCHAP
        } else if hasCHAP {
            .chap
        } else if userPassword != nil {
            .pap
        } else {
            .none
        }
    }

    private static func set<Value>(_ field: inout Value?, _ value: Value) throws(DropReason) {
        guard field == nil else { throw .repeatedAttribute }
        field = value
    }

    private mutating func addProxyState(_ attribute: Octets) throws(DropReason) {
        proxyStateCount += 1
        guard proxyStateCount <= Self.maximumProxyStates,
            proxyStates.count + attribute.count <= Self.maximumProxyStateLength
        else { throw .tooManyProxyStates }
        proxyStates.append(contentsOf: attribute)
    }

    /// MS-CHAP-Response or MS-CHAP2-Response (RFC 2548 §2): Microsoft's number, then types and lengths of its own.
    private static func isMSCHAP(_ value: Octets) -> Bool {
        guard value.count >= 6, value.number(at: 0) == 0, value.number(at: 2) == 311 else { return false }
        var place = 4
        while place + 2 <= value.count {
            if value[place] == 1 || value[place] == 25 { return true }
            let length = Int(value[place + 1])
            guard length >= 2 else { return false }  // some vendors' own forms: nothing of ours
            place += length
        }
        return false
    }
}

extension RequestAttributes {
    /// User-Name as a login name: without the NUL that some boxes add, and, if `strippingDomain`, without what a Windows client puts
    /// before a backslash. `user@realm` stays.
    func authcid(strippingDomain: Bool) -> String {
        guard var name = userName?.withoutTrailingNULs else { return "" }
        if strippingDomain, let backslash = name.firstIndex(of: UInt8(ascii: "\\")) {
            name = name.octets(from: backslash + 1, to: name.count)
        }
        return name.text
    }
}
