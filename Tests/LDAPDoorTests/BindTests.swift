import DoorKit
import LatchkeyCore
import LatchkeyTesting
import NIOCore
import Synchronization
import Testing

@testable import LDAPDoor

struct BindTests {
    private let ada = "uid=ada,ou=people,dc=example,dc=com"
    private let refused = "bind 49 Authentication failed"
    private static let whoAmI = Wire.extended(9, ExtendedRequest.whoAmI)

    @Test("whoever has the right secret is told so, and is themselves from then on")
    func accepted() throws {
        let verifier = ScriptedVerifier()
        let stage = try Stage(door(verifier))
        #expect(try stage.say(Self.whoAmI) == ["9 extended 0 “”"])
        for name in [ada, "ada", "ada@example.com", "cn=ada,ou=people,dc=example,dc=com"] {
            #expect(try stage.say(Wire.bind(1, name, "right")) == ["1 bind 0"])
            #expect(
                try stage.say(Self.whoAmI) == ["9 extended 0 “dn:uid=ada@example.com,ou=people,dc=example,dc=com”"])
        }
        #expect(try stage.say(Wire.bind(1, "uid=ada,app=imap,dc=example,dc=com", "right")) == ["1 bind 0"])
        #expect(
            try stage.say(Self.whoAmI)
                == ["9 extended 0 “dn:uid=ada@example.com,ou=people,app=imap,dc=example,dc=com”"])
        #expect(
            verifier.questions == [
                "ada for ldap", "ada for ldap", "ada@example.com for ldap", "ada for ldap", "ada for imap",
            ])
    }

    @Test("every refusal is the same, and none leaves the identity from before")
    func refusals() throws {
        let stage = try Stage(door())
        let attempts = [
            Wire.bind(2, ada, "wrong"), Wire.bind(2, "nobody", "wrong"), Wire.bind(2, "", "a secret without a name"),
            Wire.bind(2, "uid=ada,dc=example,dc=org", "wrong"), Wire.bind(2, "not=a,,name", "wrong"),
            Wire.bind(2, "uid=ada,ou=people,app=!,dc=example,dc=com", "wrong"),
            Wire.bind(2, "cn=reader,ou=services,dc=example,dc=com", "lks_wrong"),
            // The token of another one.
            Wire.bind(2, "cn=reader,ou=services,dc=example,dc=com", "lks_nginx on web1"),
            Wire.sasl(2, "PLAIN", "\0ada\0wrong"), Wire.sasl(2, "PLAIN", "bob\0ada\0right"),
            Wire.sasl(2, "PLAIN", "ada"),
        ]
        for attempt in attempts {
            #expect(try stage.say(Wire.bind(1, "ada", "right")) == ["1 bind 0"])
            #expect(try stage.say(attempt) == ["2 " + refused])
            #expect(try stage.say(Self.whoAmI) == ["9 extended 0 “”"])
        }
    }

    @Test("a name without a password is never a success, and nobody is asked")
    func unauthenticated() throws {
        let verifier = ScriptedVerifier()
        let stage = try Stage(door(verifier))
        for name in [ada, "ada", "cn=reader,ou=services,dc=example,dc=com"] {
            #expect(
                try stage.say(Wire.bind(1, name, ""))
                    == ["1 bind 53 unauthenticated bind (DN with no password) disallowed"])
        }
        #expect(verifier.questions == [])
        #expect(try stage.say(Wire.bind(1, "", "")) == ["1 bind 0"])
    }

    @Test("trouble is told as trouble, and never as a wrong password")
    func unavailable() throws {
        let directory = try ListedDirectory.small()
        let stage = try Stage(door(ScriptedVerifier(), directory))
        for secret in ["down", "waiting"] {
            #expect(try stage.say(Wire.bind(1, ada, secret)) == ["1 bind 52 Temporary authentication failure"])
        }
        directory.state.withLock { $0.isBroken = true }
        #expect(
            try stage.say(Wire.bind(1, "cn=reader,ou=services,dc=example,dc=com", "lks_reader"))
                == ["1 bind 52 Temporary authentication failure"])
    }

    @Test("other versions and other mechanisms are answered as the standard says")
    func versions() throws {
        let stage = try Stage(door())
        #expect(try stage.say(Wire.bind(1, ada, "right", version: 2)) == ["1 bind 2 only version 3"])
        for mechanism in ["EXTERNAL", "GSSAPI", "CRAM-MD5", "LOGIN", ""] {
            #expect(try stage.say(Wire.sasl(1, mechanism, nil)) == ["1 bind 7"])
        }
        #expect(
            try stage.say(
                Wire.message(1, 0x60) { bind in
                    bind.write(Int32(3))
                    bind.write("")
                    bind.write("sicily", BERTag.context(9))
                }) == ["1 bind 7"])
        #expect(try stage.say(Wire.sasl(1, "PLAIN", nil)) == ["1 bind 14 credentials 0"])
        #expect(try stage.say(Wire.sasl(2, "plain", "\0ada\0right")) == ["2 bind 0"])
    }

    @Test("a relying service binds with its token under its own name")
    func relyingService() throws {
        let stage = try Stage(door())
        #expect(try stage.say(Wire.bind(1, "CN=Reader,ou=services,dc=example,dc=com", "lks_reader")) == ["1 bind 0"])
        #expect(try stage.say(Self.whoAmI) == ["9 extended 0 “dn:cn=reader,ou=services,dc=example,dc=com”"])
        #expect(
            try stage.say(Wire.bind(1, "cn=nginx on  WEB1,ou=services,dc=example,dc=com", "lks_nginx on web1"))
                == ["1 bind 0"])
    }

    @Test("a password in the clear over a network is refused, and nobody is asked")
    func confidentiality() throws {
        let verifier = ScriptedVerifier()
        let remote = Peer(address: IPAddress("192.0.2.7"))
        let stage = try Stage(door(verifier), remote)
        let words = "13 TLS required: use ldaps or StartTLS before a password is sent"
        #expect(try stage.say(Wire.bind(1, ada, "right")) == ["1 bind \(words)"])
        #expect(
            try stage.say(Wire.bind(1, "cn=reader,ou=services,dc=example,dc=com", "lks_reader")) == ["1 bind \(words)"])
        #expect(try stage.say(Wire.sasl(1, "PLAIN", "\0ada\0right")) == ["1 bind \(words)"])
        #expect(try stage.say(Wire.sasl(1, "PLAIN", nil)) == ["1 bind \(words)"])
        #expect(try stage.say(Wire.bind(1, "", "")) == ["1 bind 0"])
        #expect(verifier.questions == [])
        let encrypted = try Stage(door(verifier), Peer(address: IPAddress("192.0.2.7"), isEncrypted: true))
        #expect(try encrypted.say(Wire.bind(1, ada, "right")) == ["1 bind 0"])
    }

    @Test("the binds of one read are asked about together, and answered in their order in one write")
    func batch() throws {
        let verifier = ScriptedVerifier()
        let stage = try Stage(door(verifier))
        let binds: [UInt8] = (Int32(1)...50).flatMap { Wire.bind($0, "p\($0)", $0 % 2 == 0 ? "right" : "wrong") }
        let answers = try stage.say(binds + Self.whoAmI.replacingID(99))
        #expect(answers.dropLast() == (1...50).map { $0 % 2 == 0 ? "\($0) bind 0" : "\($0) \(refused)" }[...])
        #expect(answers.last == "99 extended 0 “dn:uid=p50@example.com,ou=people,dc=example,dc=com”")
        #expect(verifier.batches == [50])
    }

    @Test("a refusal is held back, and with it everything that was asked after it")
    func hold() throws {
        let stage = try Stage(door())
        let asked = Wire.bind(1, ada, "held") + Wire.bind(2, ada, "right") + Wire.extended(3, ExtendedRequest.whoAmI)
        #expect(try stage.say(asked) == [])
        #expect(try stage.wait(seconds: 1) == [])
        #expect(
            try stage.wait(seconds: 1) == [
                "1 " + refused, "2 bind 0", "3 extended 0 “dn:uid=ada@example.com,ou=people,dc=example,dc=com”",
            ])
    }

    @Test("a connection takes 64 requests at once and reads the rest when they are answered")
    func outstanding() throws {
        let verifier = AskedVerifier()
        let stage = try Stage(door(verifier))
        #expect(try stage.say((Int32(1)...200).flatMap { Wire.bind($0, "ada", "wrong") }) == [])
        #expect(verifier.waiting == 64)
        var answers: [String] = []
        while verifier.answer(.refused(.unknown)) { answers += try Wire.lines(stage.heard()) }
        #expect(answers == (1...200).map { "\($0) \(refused)" })
    }

    @Test("how the octets are cut changes nothing", arguments: [1, 2, 3, 7, 16, 61])
    func cut(piece: Int) throws {
        let dialogue =
            Wire.bind(1, ada, "right") + Wire.extended(2, ExtendedRequest.whoAmI) + Wire.bind(3, ada, "wrong")
            + Wire.extended(4, ExtendedRequest.whoAmI) + Wire.extended(5, "1.2.3") + Wire.bind(6, "", "")
            + Wire.unbind(7)
        let whole = try Stage(door())
        let parts = try Stage(door())
        let expected = try whole.say(dialogue)
        #expect(expected.count == 6)
        #expect(try parts.say(dialogue, piece: piece) == expected)
        #expect(!whole.isOpen && !parts.isOpen)
    }

    @Test("noise ends the connection, is answered, or waits for more, whatever it is")
    func noise() throws {
        var rng = SplitMix64(seed: 11)
        for _ in 0..<1_000 {
            let stage = try Stage(door())
            var octets = (NoiseTests.requests + [Wire.bind(1, ada, "held")]).shuffled(using: &rng)
                .filter { $0[5] != 0x63 && $0[5] != 0x6e }.flatMap { $0 }
            for _ in 0..<3 {
                octets[Int.random(in: 0..<octets.count, using: &rng)] = UInt8.random(in: 0...255, using: &rng)
            }
            _ = try? stage.say(octets, piece: Int.random(in: 1...100, using: &rng))
        }
    }
}

extension [UInt8] {
    /// The same message under another id, below 128. It is no longer than 127 octets.
    func replacingID(_ id: UInt8) -> [UInt8] {
        var octets = self
        octets[4] = id
        return octets
    }
}

struct ProtocolTests {
    private static let notice = "1.3.6.1.4.1.1466.20036"

    @Test(
        "what is no message is told so, and ends the connection",
        arguments: [
            ("16 03 01 00 c8 01 00", "malformed message"), ("30 80 02 01 01 42 00 00 00", "malformed message"),
            ("30 00", "malformed message"), ("30 05 02 01 00 42 00", "message id not allowed"),
            ("30 05 02 01 01 5f 00", "malformed message"), ("30 05 02 01 01 7e 00", "unknown operation"),
            ("30 84 7f ff ff ff", "message too long"), ("30 07 02 01 01 60 02 02 01", "malformed message"),
        ])
    func notices(hex: String, words: String) throws {
        let stage = try Stage(door())
        #expect(try stage.say(octets(hex)) == ["0 extended 2 \(words) \(Self.notice)"])
        #expect(!stage.isOpen)
    }

    @Test("an id in use ends the connection, one that is free again does not")
    func ids() throws {
        let stage = try Stage(door())
        #expect(try stage.say(Wire.bind(1, "ada", "right")) == ["1 bind 0"])
        #expect(try stage.say(Wire.bind(1, "ada", "right")) == ["1 bind 0"])
        #expect(
            try stage.say(Wire.bind(1, "ada", "held") + Wire.bind(1, "ada", "right"))
                == ["0 extended 2 message id not allowed \(Self.notice)"])
        #expect(!stage.isOpen)
    }

    @Test("a larger message is taken once somebody has bound")
    func lengths() throws {
        let long = Wire.extended(2, String(repeating: "1", count: 100_000))
        let stage = try Stage(door())
        #expect(try stage.say(Wire.bind(1, "ada", "right")) == ["1 bind 0"])
        #expect(try stage.say(long) == ["2 extended 2 unsupported extended operation"])
        let stranger = try Stage(door())
        #expect(try stranger.say(long) == ["0 extended 2 message too long \(Self.notice)"])
    }

    @Test("nothing is changed through LDAP, and it is said where it is")
    func writes() throws {
        let stage = try Stage(door())
        let words = "53 nothing is changed through LDAP: see https://keys.example.com"
        #expect(try stage.say(Wire.message(1, 0x66) { $0.write("dc=x") }) == ["1 67 \(words)"])
        #expect(try stage.say(Wire.message(2, 0x68) { $0.write("dc=x") }) == ["2 69 \(words)"])
        #expect(try stage.say([0x30, 0x09, 2, 1, 3, 0x4a, 4] + Array("dc=x".utf8)) == ["3 6b \(words)"])
        #expect(try stage.say(Wire.message(4, 0x6c) { $0.write("dc=x") }) == ["4 6d \(words)"])
        #expect(
            try stage.say(Wire.extended(5, ExtendedRequest.passwordModify))
                == ["5 extended 53 app passwords are made, not chosen: see https://keys.example.com"])
    }

    @Test("a control that is unknown and critical is refused, any other ignored")
    func controls() throws {
        let stage = try Stage(door())
        func whoAmI(_ controls: [(String, Bool, [UInt8]?)]) -> [UInt8] {
            Wire.message(1, 0x77, controls: controls) { $0.write(ExtendedRequest.whoAmI, BERTag.context(0)) }
        }
        #expect(try stage.say(whoAmI([("1.2.3", true, nil)])) == ["1 extended 12"])
        #expect(try stage.say(whoAmI([("1.2.3", false, [1, 2]), ("1.2.4", false, nil)])) == ["1 extended 0 “”"])
        #expect(try stage.say(whoAmI([(Controls.manageDsaIT, true, nil)])) == ["1 extended 0 “”"])
        let bind = Wire.message(2, 0x60, controls: [("1.2.3", true, nil)]) { bind in
            bind.write(Int32(3))
            bind.write("ada")
            bind.write("right", BERTag.context(0))
        }
        #expect(try stage.say(bind) == ["2 bind 12"])
    }

    @Test("a door that stops says so when it has answered what was asked")
    func quiesce() throws {
        let idle = try Stage(door())
        let goodbye = "0 extended 52 the server is stopping \(Self.notice)"
        #expect(try idle.quiesce() == [goodbye])
        #expect(!idle.isOpen)
        let busy = try Stage(door())
        #expect(try busy.say(Wire.bind(1, "ada", "held")) == [])
        #expect(try busy.quiesce() == [])
        #expect(try busy.wait(seconds: 2) == ["1 bind 49 Authentication failed", goodbye])
        #expect(!busy.isOpen)
    }

    @Test("a connection that says nothing for fifteen minutes is closed")
    func idle() throws {
        let stage = try Stage(door())
        #expect(try stage.wait(seconds: 600) == [])
        #expect(try stage.say(Wire.extended(1, ExtendedRequest.whoAmI)).count == 1)
        #expect(try stage.wait(seconds: 899) == [])
        #expect(stage.isOpen)
        #expect(try stage.wait(seconds: 2) == [])
        #expect(!stage.isOpen)
    }
}
