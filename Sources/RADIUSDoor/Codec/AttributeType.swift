/// The attributes that Latchkey reads or writes.
enum AttributeType: UInt8 {
    // RFC 2865 §5
    case userName = 1
    case userPassword = 2
    case chapPassword = 3
    case filterID = 11
    case replyMessage = 18
    case `class` = 25
    case vendorSpecific = 26
    case sessionTimeout = 27
    case callingStationID = 31
    case nasIdentifier = 32
    case proxyState = 33
    // RFC 2868 §3
    case tunnelType = 64
    case tunnelMediumType = 65
    case tunnelPrivateGroupID = 81
    // RFC 2869 §5
    case eapMessage = 79
    case messageAuthenticator = 80
}
