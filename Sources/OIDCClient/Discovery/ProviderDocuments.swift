/// What a provider publishes about itself: its metadata, and the keys it signs with.
struct ProviderDocuments: Sendable {
    private let metadata: FetchedDocument<ProviderMetadata>
    private let keySet: FetchedDocument<KeySet>

    init(of issuer: Issuer, http: any HTTPFetching) {
        let metadata = FetchedDocument<ProviderMetadata> { _ in
            await Self.outcome { () throws(ProviderFault) in
                let answer = try await http.document(
                    .discovery, FetchRequest(issuer.discoveryURL, maximumAnswer: ProviderMetadata.maximumLength))
                return try ProviderMetadata(answer, of: issuer)
            }
        }
        self.metadata = metadata
        keySet = FetchedDocument<KeySet> { now in
            await Self.outcome { () throws(ProviderFault) in
                let url = try await metadata.document(at: now).keySet.text
                return try KeySet(
                    await http.document(.keySet, FetchRequest(url, maximumAnswer: KeySet.maximumLength)))
            }
        }
    }

    func metadata(at now: NumericDate) async throws(ProviderFault) -> ProviderMetadata {
        try await metadata.document(at: now)
    }

    func keySet(at now: NumericDate) async throws(ProviderFault) -> KeySet {
        try await keySet.document(at: now)
    }

    /// Nil if it was fetched a short while ago because of such a token.
    func keySetFetchedAgain(for kind: TokenKind, at now: NumericDate) async -> KeySet? {
        await keySet.documentFetchedAgain(for: kind, at: now)
    }

    private static func outcome<Document>(
        _ body: () async throws(ProviderFault) -> Document
    ) async -> Result<Document, ProviderFault> {
        do throws(ProviderFault) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

extension HTTPFetching {
    /// The body of a 200 answer.
    func document(
        _ source: ProviderFault.Source, _ request: FetchRequest
    ) async throws(ProviderFault) -> [UInt8] {
        let answer = try await answer(of: source, to: request)
        guard answer.status == 200 else { throw .status(source, answer.status) }
        return answer.body
    }

    /// An answer of any status but a redirect, within its bounds.
    func answer(
        of source: ProviderFault.Source, to request: FetchRequest
    ) async throws(ProviderFault) -> FetchAnswer {
        let answer: FetchAnswer
        do throws(FetchFailure) {
            answer = try await fetch(request)
        } catch {
            throw error == .tooLarge ? .tooLarge(source) : .unreachable(source, error)
        }
        guard !(300..<400).contains(answer.status) else { throw .redirected(source) }
        guard answer.body.count <= request.maximumAnswer else { throw .tooLarge(source) }
        return answer
    }
}
