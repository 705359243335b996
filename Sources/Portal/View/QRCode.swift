import CQRencode
import LatchkeyCore

/// A QR code as the path of an SVG picture, one unit a module, with the quiet zone of four that scanners need.
struct QRCode: Sendable {
    static let quietZone = 4

    /// Modules of a side, quiet zone included.
    let side: Int
    /// The dark modules, each run of a row one rectangle.
    let path: String

    /// Nil if the text is too long for a QR code.
    init?(_ text: Secret) {
        guard let text = text.reveal(), let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard let modules = code.pointee.data else { return nil }
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, modules[row * width + column] & 1 == 1 { column += 1 }
                if column > start {
                    let length = column - start
                    path += "M\(start + Self.quietZone) \(row + Self.quietZone)h\(length)v1h-\(length)z"
                } else {
                    column += 1
                }
            }
        }
        side = width + 2 * Self.quietZone
        self.path = path
    }
}
