/// A document of the provider that is fetched when it is asked for, and kept for a while.
///
/// Whoever asks while it is being fetched waits for the same answer. One that cannot be renewed because the provider is away is used
/// on, up to a day; one that cannot be believed is not.
actor FetchedDocument<Document: Sendable> {
    typealias Outcome = Result<Document, ProviderFault>

    private let fetch: @Sendable (NumericDate) async -> Outcome
    private var copy: (document: Document, fetched: NumericDate)?
    private var failure: (fault: ProviderFault, since: NumericDate)?
    private var underway: Task<Outcome, Never>?
    private var fetchedAgain: [TokenKind: NumericDate] = [:]

    /// `fetch` is told the time and ends by itself.
    init(fetch: @escaping @Sendable (NumericDate) async -> Outcome) {
        self.fetch = fetch
    }

    /// The document, fetched if there is none or it is old.
    func document(at now: NumericDate) async throws(ProviderFault) -> Document {
        if let copy, DocumentAge.isFresh(copy.fetched, at: now) { return copy.document }
        let outcome =
            if let failure, DocumentAge.isTooSoon(after: failure.since, at: now) {
                Outcome.failure(failure.fault)
            } else {
                await fetched(at: now)
            }
        switch outcome {
        case .success(let document): return document
        case .failure(let fault):
            guard fault.isTemporary, let copy, DocumentAge.isBearable(copy.fetched, at: now) else { throw fault }
            return copy.document
        }
    }

    /// The document fetched once more, because a token of this kind does not fit it; nil if that was done a short while ago, or does
    /// not work.
    func documentFetchedAgain(for kind: TokenKind, at now: NumericDate) async -> Document? {
        if let underway { return try? await underway.value.get() }  // it is new as well; a fault is the same as none
        if let last = fetchedAgain[kind], DocumentAge.isTooSoonAgain(after: last, at: now) { return nil }
        fetchedAgain[kind] = now
        return try? await fetched(at: now).get()  // the caller keeps to the fault it has: no key fits
    }

    private func fetched(at now: NumericDate) async -> Outcome {
        if let underway { return await underway.value }
        // It outlives a caller that goes away, since others wait for it as well; it ends with the fetcher's deadline.
        let task = Task { await fetch(now) }
        underway = task
        let outcome = await task.value
        underway = nil
        switch outcome {
        case .success(let document): (copy, failure) = ((document, now), nil)
        case .failure(let fault): failure = (fault, now)
        }
        return outcome
    }
}

/// Which tokens ask for a key set to be fetched again. Logout tokens come from anybody, so they have a budget of their own: a stranger's must
/// not use up that of sign-ins.
enum TokenKind: Hashable, Sendable {
    case idToken, logoutToken
}
