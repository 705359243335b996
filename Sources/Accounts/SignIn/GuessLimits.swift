/// What slows guessing at the portal; one for the whole process, shared by all who check passwords or codes.
///
/// Wrong passwords and wrong codes are counted apart: who has the password must not get its guesses for codes as well.
public final class GuessLimits: Sendable {
    public init() {}
}
