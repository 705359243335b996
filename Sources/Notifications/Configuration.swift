public import LatchkeyCore

extension Notifier {
    /// Who is told.
    public struct Configuration: Sendable {
        public var dovecots: [Dovecot] = []
        public var webhooks: [Webhook] = []

        public init() {}

        /// A Dovecot whose cache of verdicts is flushed through doveadm's HTTP API.
        public struct Dovecot: Sendable {
            /// Scheme, host and port.
            public let url: String
            /// Its `doveadm_api_key`.
            public let key: Secret

            public init(url: String, key: Secret) {
                self.url = url
                self.key = key
            }
        }

        public struct Webhook: Sendable {
            public let url: String
            public let secret: WebhookSecret

            public init(url: String, secret: WebhookSecret) {
                self.url = url
                self.secret = secret
            }
        }
    }
}

/// Scheme, host and port of a URL: what of it may stand in a log.
func origin(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return "" }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    return String(url[..<scheme.upperBound] + authority)
}
