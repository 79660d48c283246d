/// How lines of a generated file end. The real ml-20m files end in CRLF; many copies of them in LF.
public enum LineEnd: Sendable, Hashable {
    case crlf
    case lf

    /// Its bytes as a little-endian word, and how many of them count.
    var word: (bytes: UInt16, count: Int) {
        switch self {
        case .crlf: (0x0A0D, 2)
        case .lf: (0x000A, 1)
        }
    }
}
