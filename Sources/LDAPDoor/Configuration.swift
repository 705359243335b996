public import LatchkeyCore

extension LDAPDoor {
    public struct Configuration: Sendable {
        /// What all names end in.
        public var base: DistinguishedName
        /// Added to login names that come without one.
        public var domain: String?
        /// What a bind is for whose name tells no service.
        public var service: Service
        /// Whether those who have not bound may see people and groups.
        public var allowsAnonymousSearch = false
        /// Where people make app passwords, for those who try to set one here.
        public var portal: String?
        /// There is a certificate to encrypt with.
        public var offersStartTLS = false

        public init(base: DistinguishedName, domain: String? = nil, service: Service = .ldap) {
            self.base = base
            self.domain = domain
            self.service = service
        }
    }
}
