import LatchkeyCore
import Testing

@testable import Notifications

struct DovecotTests {
    private let target = DovecotCache(url: "http://127.0.0.1:8180", key: Secret("k:ey"), domain: "example.com")

    private func body(_ revocations: [Revocation]) -> String {
        String(decoding: target.notice(of: revocations, at: Timestamp(seconds: 0)).body, as: UTF8.self)
    }

    @Test("every name that Dovecot may remember is flushed: aliases, and each without the default domain")
    func names() throws {
        let revocation = try revocation(
            login: "alice@example.com", aliases: ["a.liddell@example.org", "al@example.com"])
        #expect(
            body([revocation, revocation])
                == #"[["authCacheFlush",{"user":["a.liddell@example.org","al","al@example.com","alice","alice@example.com"]},"latchkey"]]"#
        )
        let notice = target.notice(of: [revocation], at: Timestamp(seconds: 0))
        #expect(notice.url == "http://127.0.0.1:8180/doveadm/v1")
        #expect(notice.headers.map(\.value) == ["X-Dovecot-API azpleQ=="])
    }

    @Test("a name that holds what JSON gives a meaning stays one name")
    func quoting() throws {
        #expect(
            body([try revocation(login: #"a"],\b"#)])
                == #"[["authCacheFlush",{"user":["a\"],\\b"]},"latchkey"]]"#)
    }

    @Test("where a name is not known, everybody is flushed")
    func unknownName() throws {
        let both = [try revocation(login: "alice@example.com"), try revocation(login: nil)]
        #expect(body(both) == #"[["authCacheFlush",{},"latchkey"]]"#)
    }

    @Test("only doveadm's own yes is a yes")
    func answers() throws {
        func read(_ body: String, status: Int = 200) throws(NotTold) {
            try target.read(Answer(status: status, body: Array(body.utf8)))
        }
        let yes = #"[["doveadmResponse",[{"entries":"1"}],"latchkey"]]"#
        try read(yes)
        try read(#"[["doveadmResponse",{"more":[1,null]},"latchkey"]]"#)
        #expect(throws: NotTold(status: 401)) { try read(yes, status: 401) }
        #expect(throws: NotTold("doveadm failed: exitCode 75")) {
            try read(#"[["error",{"type":"exitCode", "exitCode":75},"latchkey"]]"#)
        }
        #expect(throws: NotTold("doveadm failed: unknownMethod")) {
            try read(#"[["error",{"type":"unknownMethod"},"latchkey"]]"#)
        }
        for strange in [
            "", "[]", "{}", "[[]]", "<html>", #"[["doveadmResponse",[],"other"]]"#,
            #"[["doveadmResponse",[],"latchkey"],["error",{},"latchkey"]]"#, #"["doveadmResponse",[],"latchkey"]"#,
            String(repeating: "[", count: 50_000),
        ] {
            #expect(throws: NotTold.self, "\(strange.prefix(80))") { try read(strange) }
        }
    }
}
