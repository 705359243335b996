/// How surely the provider knows who it was.
public enum Assurance: Hashable, Sendable, Comparable {
    case singleFactor, multiFactor
}

/// Which of a provider's words mean that there were several factors. Words that are not listed, and silence, mean that there was one.
public struct AssurancePolicy: Sendable, Hashable {
    /// Values of `amr` of which one is enough (RFC 8176 §2).
    public var methods: Set<String>
    /// Values of `acr`, which every provider names its own way.
    public var contexts: Set<String>

    public init(methods: Set<String> = ["mfa"], contexts: Set<String> = []) {
        self.methods = methods
        self.contexts = contexts
    }

    public func assurance(amr: [String], acr: String?) -> Assurance {
        let isListed = amr.contains(where: methods.contains) || acr.map(contexts.contains) ?? false
        return isListed ? .multiFactor : .singleFactor
    }
}

extension Identity {
    public func assurance(under policy: AssurancePolicy) -> Assurance {
        policy.assurance(amr: amr, acr: acr)
    }
}
