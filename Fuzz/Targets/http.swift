import LatchkeyCore

@testable import HTTPDoor

/// The readers and writers of the HTTP door. The first line is the request target, then header lines up to an empty one, then the body.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var lines = Array(UnsafeBufferPointer(start: start, count: count))
        .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    let target = lines.popFirst().map { String(decoding: $0, as: UTF8.self) } ?? ""
    var fields = Fields()
    var mail = MailFields()
    while let line = lines.popFirst(), let colon = line.firstIndex(of: UInt8(ascii: ":")) {
        let (name, value) = (line[..<colon], line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") })
        fields.read(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self))
        mail.read(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self))
    }
    let request = Request(method: .post, target: target, fields: fields, body: Array(lines.joined(separator: [10])))

    if case .basic(let service?) = request.route, let read = Service(service) {
        check(Wording.mayNotAsk(about: read))
    }
    _ = fields.client
    if let repeated = fields.repeated { check(Wording.repeated(repeated)) }
    if case .basic(let credentials) = fields.authorization.flatMap(Authorization.init) {
        guard !credentials.authcid.utf8.contains(UInt8(ascii: ":")) else { fatalError("split at another colon") }
        answer(credentials.authcid)
    }
    do throws(VerifyQuestion.Unreadable) {
        answer(try VerifyQuestion(request.body).account)
    } catch {
        check(Wording.unreadable(error))
    }
    if let question = MailQuestion(mail) { answer(question) }
    if let repeated = mail.repeated { check(Wording.repeated(repeated)) }
    return 0
}

/// Everything that nginx can be told about somebody of this name.
private func answer(_ question: MailQuestion) {
    guard question.secret.reveal() != nil else { fatalError("a secret is not UTF-8") }
    let mailProtocol = question.mailProtocol
    check(MailWording.untrustedPeer(mailProtocol))
    var responses = [
        MailWording.refused(mailProtocol, mayRetry: question.mayRetry), MailWording.unavailable(mailProtocol),
    ]
    var backEnds = MailBackEnds()
    backEnds.imap = Endpoint("[2001:db8:1111:2222:3333:4444:5555:6666]:65535")
    backEnds.masterPassword = MasterPassword(question.secret)
    if let login = LoginName(question.authcid), let backEnd = MailWording(backEnds).backEnd(for: .imap) {
        let acceptance = Acceptance(account: .nobody, login: login, name: "", appPassword: .nobody)
        responses.append(MailWording.accepted(acceptance, to: backEnd))
    }
    for response in responses {
        let octets = response.encoded(.close, isHead: false)
        guard octets.count < 1_024, octets.suffix(4).elementsEqual("\r\n\r\n".utf8) else { fatalError("nginx would hang") }
        for line in octets.dropLast(2).split(separator: UInt8(ascii: "\n")) {
            guard line.last == UInt8(ascii: "\r"), line.dropLast().allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
                fatalError("a header line is broken")
            }
        }
    }
}

/// Tells somebody of this name that they are who they say.
private func answer(_ name: String) {
    guard let login = LoginName(name) else { return }
    let acceptance = Acceptance(
        account: .nobody, login: login, name: name, appPassword: .nobody,
        groups: name.split(separator: " ").compactMap { GroupName(String($0)) })
    check(Wording(HTTPDoor.Configuration()).identity(of: acceptance))
    check(Wording.accepted(acceptance))
}

/// A head is printable ASCII in lines that end in CRLF, and what follows is as long as it says.
private func check(_ response: Response) {
    let octets = response.encoded(.keepAlive, isHead: false)
    let head = octets.count - response.body.count
    guard head >= 4, octets[(head - 4)..<head].elementsEqual("\r\n\r\n".utf8) else { fatalError("the head has no end") }
    for line in octets[..<(head - 2)].split(separator: UInt8(ascii: "\n")) {
        guard line.last == UInt8(ascii: "\r"), line.dropLast().allSatisfy({ (0x20...0x7e).contains($0) }) else {
            fatalError("a header line is broken")
        }
    }
    guard response.content == .text || !response.body.contains(where: { $0 < 0x20 }) else {
        fatalError("JSON holds a control character")
    }
}
