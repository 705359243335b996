import LatchkeyTesting
import Testing

@testable import LatchkeyCore

struct AuditChainTests {
    private let event = AuditEvent(
        time: Timestamp(seconds: 1), action: .appPasswordCreated, actor: .machineUser("root"), detail: "Thunderbird")

    private func head(after events: [AuditEvent]) -> [UInt8] {
        var chain = AuditChain()
        events.forEach { chain.append($0) }
        return chain.head
    }

    @Test("the same events give the same head, in the same order only")
    func order() {
        let other = AuditEvent(time: Timestamp(seconds: 2), action: .signIn, actor: .client)
        #expect(head(after: [event, other]) == head(after: [event, other]))
        #expect(head(after: [event, other]) != head(after: [other, event]))
        #expect(head(after: [event]) != head(after: [event, event]))
    }

    @Test("no field can be changed, and none slides into its neighbour")
    func everyField() throws {
        var rng = SplitMix64(seed: 3)
        let time = Timestamp(seconds: 1)
        let account = AccountID(at: time, using: &rng)
        let variants: [AuditEvent] = [
            event,
            AuditEvent(
                time: Timestamp(seconds: 2), action: .appPasswordCreated, actor: .machineUser("root"),
                detail: "Thunderbird"),
            AuditEvent(time: time, action: .appPasswordRevoked, actor: .machineUser("root"), detail: "Thunderbird"),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .system, detail: "Thunderbird"),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .machineUser("root"), client: "Thunderbird"),
            AuditEvent(
                time: time, action: .appPasswordCreated, actor: .machineUser("root"), client: "Thunder", detail: "bird"),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .machineUser("root"), detail: ""),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .machineUser("root")),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .machineUser("root"), account: account),
            AuditEvent(
                time: time, action: .appPasswordCreated, actor: .machineUser("root"),
                appPassword: AppPasswordID(octets: account.octets)),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .machineUser("root"), service: .imap),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .machineUser("root"), door: .http),
            AuditEvent(
                time: time, action: .appPasswordCreated, actor: .machineUser("root"), address: IPAddress("192.0.2.1")),
            AuditEvent(time: time, action: .appPasswordCreated, actor: .machineUser("root"), refusal: .expired),
        ]
        #expect(Set(variants.map { head(after: [$0]) }).count == variants.count)
    }

    @Test("the head of a known event is known: the form is part of what is promised")
    func golden() {
        #expect(Hex.encode(head(after: [event])) == "c7d59b243fd8cf1d13f4d7dbb6de5c6fcbf41a01367981b0bd76845831c4b570")
    }

    @Test("an actor is read back from its stored form")
    func actors() {
        var rng = SplitMix64(seed: 4)
        let actors: [AuditEvent.Actor] = [
            .system, .client, .machineUser("root"), .machineUser("a:b"),
            .account(AccountID(at: Timestamp(seconds: 1), using: &rng)),
        ]
        for actor in actors { #expect(AuditEvent.Actor(actor.description) == actor) }
        for text in ["", "nobody", "account:x", "machine"] { #expect(AuditEvent.Actor(text) == nil) }
    }
}
