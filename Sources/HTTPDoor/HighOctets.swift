import NIOCore

/// Escapes the octets from 7F on in what nginx's mail proxy asks: it escapes the other special ones itself.
///
/// NIO's decoder makes texts of header values and refuses 7F; what is not UTF-8 would be lost on the way. The question's reader undoes the escapes along
/// with nginx's own. A connection that begins with anything else passes untouched.
final class HighOctets: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Phase {
        /// This many octets of the opening have been seen.
        case opening(Int)
        case escaping
        case passing
    }

    private static let opening = Array("GET \(Route.nginxMailPath) ".utf8)

    private var phase = Phase.opening(0)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .passing = phase else {
            return context.fireChannelRead(wrapInboundOut(read(unwrapInboundIn(data))))
        }
        context.fireChannelRead(data)
    }

    private func read(_ buffer: ByteBuffer) -> ByteBuffer {
        let octets = buffer.readableBytesView
        if case .opening(let seen) = phase {
            let isOpening = zip(octets, Self.opening[seen...]).allSatisfy(==)
            phase =
                !isOpening
                ? .passing : octets.count < Self.opening.count - seen ? .opening(seen + octets.count) : .escaping
        }
        guard case .escaping = phase, octets.contains(where: { $0 >= 0x7f }) else { return buffer }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(2 * octets.count)
        for octet in octets {
            if octet < 0x7f { escaped.append(octet) } else { PercentEncoding.append(octet, to: &escaped) }
        }
        return ByteBuffer(bytes: escaped)
    }
}
